import type { OfficialRun } from '../daemon/incumbent/run.ts';
import { createToolRunner, type RunTool } from '../daemon/system/run-tool.ts';
import * as node from '../node/official-client.ts';
import type { Invocation } from './args/invocation.ts';

export function toolRunner({ env, clock }: Invocation): RunTool {
  return createToolRunner({ env }, { clock });
}

/** The official client running on this computer, with whatever key. */
export function findOfficial(invocation: Invocation): Promise<OfficialRun | null> {
  return node.findOfficial({ ...invocation, runTool: toolRunner(invocation) });
}
