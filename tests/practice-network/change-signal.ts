/** Lets a test wait for something to become true without sleeping: checked again after every recorded event. */
export interface ChangeSignal {
  notify(): void;
  /**
   * Resolves with the first value of `check` that is neither false, null nor undefined.
   * Rejects after `timeoutMs` (two minutes unless given) with `what` in the message.
   */
  when<T>(
    what: string,
    check: () => T | false | null | undefined,
    options?: { timeoutMs?: number },
  ): Promise<T>;
}

export function createChangeSignal(): ChangeSignal {
  const waiting = new Set<() => void>();
  return {
    notify() {
      for (const recheck of [...waiting]) recheck();
    },
    when(what, check, options = {}) {
      const timeoutMs = options.timeoutMs ?? 120_000;
      return new Promise((resolve, reject) => {
        const leave = () => {
          clearTimeout(timer);
          waiting.delete(recheck);
        };
        const recheck = () => {
          try {
            const value = check();
            if (value === false || value === null || value === undefined) return;
            leave();
            resolve(value);
          } catch (cause) {
            leave();
            reject(cause instanceof Error ? cause : new Error(String(cause)));
          }
        };
        const timer = setTimeout(() => {
          leave();
          reject(new Error(`practice network: ${what} did not happen within ${timeoutMs} ms`));
        }, timeoutMs);
        waiting.add(recheck);
        recheck();
      });
    },
  };
}
