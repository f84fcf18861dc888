import { type Language, translatable } from './language.ts';

/** How figures are written for people, in the language in use. Unknown is a dash, never a zero. */

export const unknown = '—';

interface Forms {
  /** What stands between whole and fraction, and between thousands. */
  decimal: string;
  group: string;
  days: (count: number) => string;
  date: (year: string, month: string, day: string) => string;
  ahead: (distance: string) => string;
  ago: (distance: string) => string;
  tokenRate: (rate: number, text: string) => string;
}

/** The marks in numbers, as the platform knows them. */
export function marksOf(language: Language): Pick<Forms, 'decimal' | 'group'> {
  const parts = new Intl.NumberFormat(language).formatToParts(12_345.6);
  const mark = (type: 'decimal' | 'group') => parts.find((part) => part.type === type)?.value ?? '';
  return { decimal: mark('decimal'), group: mark('group') };
}

/** How a language writes dates, distances and numbers. */
export const forms = translatable<Forms>({
  ...{ decimal: '.', group: ',' },
  days: (count) => `${count} d`,
  date: (year, month, day) => `${year}-${month}-${day}`,
  ahead: (distance) => `in ${distance}`,
  ago: (distance) => `${distance} ago`,
  tokenRate: (rate, text) => `about ${text} ${rate === 1 ? 'token' : 'tokens'}/s`,
});

/** A number with its decimals as they are, in the marks of the language: `1,234.5`, `1.234,5`. */
export function localNumber(plain: string): string {
  const { decimal, group } = forms();
  const [whole = '', fraction] = plain.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`;
}

/** A number with a fixed count of decimals. */
export function formatDecimal(value: number, decimals: number): string {
  return localNumber(value.toFixed(decimals));
}

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
  const isLong = ms >= day;
  const [big, small, smallUnit] = isLong ? [day, hour, 'h'] : [hour, minute, 'min'];
  const rest = Math.floor((ms % big) / small);
  const count = Math.floor(ms / big);
  const whole = isLong ? forms().days(count) : `${count} h`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** Local date, `2026-11-23`. */
export function formatDate(timeMs: number): string {
  return forms().date(...dateParts(timeMs));
}

function dateParts(timeMs: number): [string, string, string] {
  const d = new Date(timeMs);
  return [String(d.getFullYear()), two(d.getMonth() + 1), two(d.getDate())];
}

/** Local date and time of day to the minute. */
export function formatMoment(timeMs: number): string {
  const d = new Date(timeMs);
  return `${formatDate(timeMs)} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** Local date and time to the second, `2026-11-23 18:42:07`: what stands before a line, in any language. */
export function stamp(timeMs: number): string {
  const time = new Date(timeMs);
  return `${dateParts(timeMs).join('-')} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** The same for whoever reads it in a window, in the language in use. */
export function formatSecond(timeMs: number): string {
  return `${formatDate(timeMs)} ${stamp(timeMs).slice(-8)}`;
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
  return `${when} (${timeMs - nowMs >= second ? forms().ahead(distance) : forms().ago(distance)})`;
}

/** A younger age changes with every look and says nothing. */
const ageShownFromMs = minute;

/** The same for whoever looks on: how far away it is from a minute on. */
export function formatMomentSeen(timeMs: number, nowMs: number): string {
  return (Math.abs(nowMs - timeMs) < ageShownFromMs ? formatClock : formatTime)(timeMs, nowMs);
}

/** `about 4 tokens/s`: an estimate, so in whole tokens, and in tenths only where there are hardly any. */
export function formatTokenRate(tokensPerSecond: number): string {
  const rounded = tokensPerSecond >= 2 ? Math.round(tokensPerSecond) : Math.round(tokensPerSecond * 10) / 10;
  return forms().tokenRate(rounded, localNumber(String(rounded)));
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
  return `${String(Number(value.toFixed(digits))).replace('.', forms().decimal)} ${units[unit]}`;
}

/** Whole numbers with thin grouping, `12,345`. */
export function formatCount(count: number): string {
  return localNumber(String(Math.trunc(count)));
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
  const whole = String(abs / weiPerToken);
  return `${sign}${localNumber(decimals === 0 ? whole : `${whole}.${fraction}`)}`;
}

/** Without the zeros at the end of its decimals. */
export function withoutZeros(number: string): string {
  const { decimal } = forms();
  return number.includes(decimal)
    ? number.replace(/0+$/, '').replace(new RegExp(`\\${decimal}$`), '')
    : number;
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
  return wei === null ? amount : withoutZeros(formatPrlx(wei));
}
