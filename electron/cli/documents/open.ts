import * as z from 'zod';
import { document } from './documents.ts';

/** What `open --json` prints. */
export const openDocument = z.strictObject({ ...document('open'), link: z.string(), opened: z.boolean() });
