import type { Clock } from '../../daemon/system/clock.ts';

/** So many at once, and so many a second after that. */
export function createRateLimit(
  options: { burst: number; perSecond: number },
  { clock }: { clock: Clock },
): () => boolean {
  const { burst, perSecond } = options;
  let left = burst;
  let atMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs();
    left = Math.min(burst, left + ((nowMs - atMs) / 1000) * perSecond);
    atMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
