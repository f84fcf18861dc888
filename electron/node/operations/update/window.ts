/** A part of the day, in minutes since local midnight; `to` before `from` leads over midnight. */
export interface UpdateWindow {
  fromMinute: number;
  toMinute: number;
}

const dayMinutes = 24 * 60;
const minuteMs = 60_000;
const shortestMinutes = 10;

/** `03:00-05:00`; null for anything else, and for less than ten minutes. */
export function parseWindow(text: string): UpdateWindow | null {
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (match === null) return null;
  const [fromHour = 0, fromPart = 0, toHour = 0, toPart = 0] = match.slice(1).map(Number);
  if (fromHour > 23 || fromPart > 59 || toHour > 24 || toPart > 59 || toHour * 60 + toPart > dayMinutes)
    return null;
  const window = { fromMinute: fromHour * 60 + fromPart, toMinute: toHour * 60 + toPart };
  return lengthOf(window) < shortestMinutes ? null : window;
}

export function formatWindow({ fromMinute, toMinute }: UpdateWindow): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${clock(fromMinute)}-${clock(toMinute)}`;
}

/**
 * How long to wait for a random moment of what is left of the window, ms; so that not every node goes at once.
 *
 * @param random 0 to 1
 * @returns null outside of the window
 */
export function waitInWindow(window: UpdateWindow, nowMs: number, random: number): number | null {
  const now = new Date(nowMs);
  const minute = now.getHours() * 60 + now.getMinutes() + now.getSeconds() / 60;
  const sinceFrom = (minute - window.fromMinute + dayMinutes) % dayMinutes;
  const leftMinutes = lengthOf(window) - sinceFrom;
  return leftMinutes <= 0 ? null : Math.floor(random * leftMinutes * minuteMs);
}

function lengthOf({ fromMinute, toMinute }: UpdateWindow): number {
  return ((toMinute - fromMinute + dayMinutes - 1) % dayMinutes) + 1;
}
