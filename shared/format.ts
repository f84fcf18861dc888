/** How figures are written for people. Unknown is a dash, never a zero. */

export const unknown = '—';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in at most two units, e.g. `4 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(durationMs: number): string {
  // Rounded first, so that there are never 60 s.
  const ms = Math.round(Math.max(0, durationMs) / second) * second;
  if (ms < minute) return `${ms / second} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  const [big, bigUnit, small, smallUnit] = ms < day ? [hour, 'h', minute, 'min'] : [day, 'd', hour, 'h'];
  const rest = Math.floor((ms % (big as number)) / (small as number));
  const whole = `${Math.floor(ms / (big as number))} ${bigUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** Local date, `2026-11-23`. */
export function formatDate(timeMs: number): string {
  const d = new Date(timeMs);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** Local date and time to the second, `2026-11-23 18:42:07`: what stands before a line. */
export function stamp(timeMs: number): string {
  const time = new Date(timeMs);
  return `${formatDate(timeMs)} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** Local time of day, with the date unless it is today: `18:42`. */
export function formatClock(timeMs: number, nowMs: number): string {
  const d = new Date(timeMs);
  const clock = `${two(d.getHours())}:${two(d.getMinutes())}`;
  const date = formatDate(timeMs);
  return date === formatDate(nowMs) ? clock : `${date} ${clock}`;
}

/** The same, and how far away it is: `18:42 (12 min ago)`. */
export function formatTime(timeMs: number, nowMs: number): string {
  const when = formatClock(timeMs, nowMs);
  const distance = formatDuration(Math.abs(nowMs - timeMs));
  // A figure may be fresher than the moment it is checked.
  return timeMs - nowMs >= second ? `${when} (in ${distance})` : `${when} (${distance} ago)`;
}

/** `about 4 tokens/s`: an estimate, so in whole tokens, and in tenths only where there are hardly any. */
export function formatTokenRate(tokensPerSecond: number): string {
  const rounded = tokensPerSecond >= 2 ? Math.round(tokensPerSecond) : Math.round(tokensPerSecond * 10) / 10;
  return `about ${rounded} ${rounded === 1 ? 'token' : 'tokens'}/s`;
}

/** Bytes in decimal units with three significant figures at most, e.g. `4.7 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
}

/** Whole numbers with thin grouping, `12,345`. */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

const weiPerToken = 10n ** 18n;

/**
 * An amount of $PRLX in tokens. `decimals` cuts (never rounds up what is not there yet); 18 shows
 * every wei. [network.md 9: 18 decimals]
 */
export function formatPrlx(wei: bigint, decimals = 4): string {
  const sign = wei < 0n ? '-' : '';
  const abs = wei < 0n ? -wei : wei;
  const fraction = String(abs % weiPerToken)
    .padStart(18, '0')
    .slice(0, decimals);
  const whole = String(abs / weiPerToken).replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** Reads a decimal number of tokens as wei; null when it is not one or has more than 18 decimals. */
export function parsePrlx(text: string): bigint | null {
  const match = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text);
  if (!match) return null;
  return BigInt(match[1] ?? '0') * weiPerToken + BigInt((match[2] ?? '').padEnd(18, '0'));
}

/** An amount in tokens as the coordinator states it, for people: grouped, at most four decimals; what is no amount stays as it came. */
export function formatTokens(amount: string): string {
  const wei = parsePrlx(amount);
  return wei === null ? amount : formatPrlx(wei).replace(/\.?0+$/, '');
}
