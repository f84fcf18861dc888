import type { RequestRecord } from '../../../../shared/contract/records.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';

/** So many answers make a figure of speed. */
const limit = 20;

/** The newest requests on record; none where they can't be had, which hides nothing else. */
export async function recentRequests(daemon: ControlClient): Promise<readonly RequestRecord[]> {
  try {
    return (await daemon.ask('requests.recent', { limit })).requests;
  } catch (error) {
    if (isNodeError(error)) return [];
    throw error;
  }
}
