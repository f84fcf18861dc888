/**
 * Calls of what the host cannot have: tray, login items, dock, notifications, power. Tests that read
 * these prove only what the app asked for, and say so in their names.
 */
export const record: { call: string; args: unknown[] }[] = [];

export function recorded(call: string, ...args: unknown[]): void {
  record.push({ call, args });
}
