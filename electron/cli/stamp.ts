import { formatDate } from '../../shared/format.ts';

/** Local date and time to the second, `2026-11-23 18:42:07`: what stands before a line. */
export function stamp(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${formatDate(timeMs)} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
