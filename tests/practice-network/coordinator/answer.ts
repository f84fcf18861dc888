/** What an endpoint decided; the server sends it, unless a fault gets in between. */
export interface Answer {
  status: number;
  body: unknown;
  /** Called when the answer has been written out completely. */
  sent?: (atMs: number) => void;
}

export const refuse = (status: number, error: string): Answer => ({ status, body: { error } });

/** A 403 the client must understand [network.md 6.1]. */
export const forbid = (reason: string): Answer => ({ status: 403, body: { reason } });

/** A refusal in one word, for the ledger. */
export function reasonOf(answer: Answer): string | null {
  if (answer.status < 400 || typeof answer.body !== 'object' || answer.body === null) return null;
  const { reason, error } = answer.body as { reason?: string; error?: string };
  return reason ?? error ?? null;
}
