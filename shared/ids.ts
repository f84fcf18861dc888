import * as z from 'zod';

/** The two ids that the network gives out, each with the one form in which it is signed, sent and stored. */

const nodeIdPattern = /^(?:0|[1-9]\d{0,77})$/;
const requestIdPattern = /^[A-Za-z0-9._:~+=-]{1,128}$/;

/**
 * A node id: the decimal digits of a uint256, without leading zeros. The proof and every signature cover its text,
 * so `7` and `007` are not the same to the network. [network.md 1, 5]
 */
export function isNodeId(value: unknown): value is string {
  return typeof value === 'string' && nodeIdPattern.test(value);
}

/** The node id that digits written by a person or another program mean; null when they mean none. */
export function readNodeId(text: unknown): string | null {
  const id = typeof text === 'string' ? text.replace(/^0+(?=\d)/, '') : null;
  return isNodeId(id) ? id : null;
}

/** A node id in a file of ours: one that an earlier version imported with leading zeros is read as what it means. */
export const storedNodeId = z
  .string()
  .regex(/^\d+$/)
  .transform((text, context) => {
    const id = readNodeId(text);
    if (id !== null) return id;
    context.addIssue({ code: 'custom', message: 'not 1 to 78 digits' });
    return z.NEVER;
  });

/** The request ids that are served, signed and stored; no other text ever reaches the key. */
export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && requestIdPattern.test(value);
}
