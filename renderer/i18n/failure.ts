import { describeError } from '../../shared/error-text.ts';
import { NodeError, type NodeErrorCode, type NodeErrorDetails } from '../../shared/errors.ts';
import type { Failure } from '../bridge.ts';

/** A refusal in words: the one list of errors has them; a code of a newer version is shown as it is. */
export function failureWords({ code, details }: Failure): string {
  try {
    return describeError(new NodeError(code as NodeErrorCode, details as NodeErrorDetails[NodeErrorCode]));
  } catch {
    // Words for facts that were not sent along.
    return code;
  }
}
