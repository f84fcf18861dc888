import * as z from 'zod';
import { recordsCommands } from '../../../shared/contract/records.ts';
import { document } from './documents.ts';

/** What `requests --json` prints, newest first; neither prompts nor answers. */
export const requestsDocument = z.strictObject({
  ...document('requests'),
  ...recordsCommands['requests.recent'].output.shape,
});
