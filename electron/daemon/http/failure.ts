/** Failures of this computer's own connection. Any of them may come from the way to a proxy. */
const ownConnectionFailures = new Set([
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
]);

/**
 * Distinguishes "this computer has no internet" from "the server does not answer", by the `reason` of an
 * `http-unreachable` error. A hint only: a name can also be missing because it was mistyped.
 */
export function meansNoInternet(reason: string): boolean {
  return ownConnectionFailures.has(reason.replace(/^PROXY_/, ''));
}

function codeOf(error: unknown): Uppercase<string> | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(error.code)
    ? (error.code as Uppercase<string>)
    : null;
}

/**
 * A short code for what went wrong below HTTP (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, `HPE_INVALID_HEADER_TOKEN`),
 * never text from the wire. Of several addresses tried, the failure of one that the network could reach counts:
 * that IPv6 is missing says nothing when IPv4 was refused.
 */
export function failureReason(error: unknown): Uppercase<string> {
  if (error instanceof AggregateError) {
    const codes = error.errors.map(codeOf).filter((code) => code !== null);
    const specific = codes.find((code) => !meansNoInternet(code)) ?? codes[0];
    if (specific !== undefined) return specific;
  }
  return codeOf(error) ?? 'UNKNOWN';
}
