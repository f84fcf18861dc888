import * as z from 'zod';
import type { Reason } from '../reasons/reason-text.ts';

/**
 * Why something is as it is. Any text is taken, for it may come from another version; what is sent is a `Reason`, so that
 * a plain sentence of ours does not compile.
 */
export const reasonSchema = z.string() as unknown as z.ZodType<Reason>;
