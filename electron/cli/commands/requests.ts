import type { RequestRecord } from '../../../shared/contract/records.ts';
import { formatCount, formatDuration, stamp, unknown } from '../../../shared/format.ts';
import { describeFailure } from '../../../shared/texts/failure-text.ts';
import type { CommandRun } from '../args/invocation.ts';
import { lineCount } from '../args/line-count.ts';
import { withDaemon } from '../daemon-link.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';
import { table } from '../terminal/layout.ts';

/** As many as the node hands out at once. */
const pageSize = 200;

/** The requests on record, newest first; neither prompts nor answers. */
export const runRequests: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const count = lineCount(flags.lines, 20);
  const paths = await resolvePaths(invocation);
  const { requests, more } = await withDaemon(invocation, paths, async (daemon) => {
    const found: RequestRecord[] = [];
    let page: { requests: RequestRecord[]; more: boolean } = { requests: [], more: true };
    while (page.more && found.length < count) {
      page = await daemon.ask('requests.recent', {
        beforeSeq: found.at(-1)?.seq ?? null,
        limit: Math.min(pageSize, count - found.length),
      });
      found.push(...page.requests);
    }
    return { requests: found, more: page.more };
  });
  if (flags.json) {
    const { printDocument } = await import('../documents/documents.ts');
    const { requestsDocument } = await import('../documents/requests.ts');
    printDocument(terminal, requestsDocument, { schemaVersion: 1, document: 'requests', requests, more });
    return exitCodes.done;
  }
  if (requests.length === 0)
    terminal.out('No requests yet. You earn for being online, even without requests.');
  else {
    terminal.out(
      table([['RECEIVED', 'STATUS', 'MODEL', 'DURATION', 'TOKENS', 'REQUEST'], ...requests.map(row)], 0),
    );
    if (more) terminal.out('\nShow more with: parallelix-operator requests --lines 200');
  }
  return exitCodes.done;
};

const statusWords: Readonly<Record<RequestRecord['state'], string>> = {
  accepted: 'In progress',
  finished: 'Waiting to send',
  failed: 'Returned',
  reported: 'Returned',
  delivered: 'Delivered',
  refused: 'Rejected by network',
  expired: 'Expired',
};

function row(request: RequestRecord): string[] {
  const { acceptedAtMs, state, failure, model, generationMs, inputTokens, outputTokens, requestId } = request;
  const tokens = (count: number | null) => (count === null ? unknown : formatCount(count));
  return [
    stamp(acceptedAtMs),
    failure === null ? statusWords[state] : `${statusWords[state]}: ${describeFailure(failure)}`,
    model ?? unknown,
    generationMs === null ? unknown : formatDuration(generationMs),
    inputTokens === null && outputTokens === null
      ? unknown
      : `${tokens(inputTokens)} → ${tokens(outputTokens)}`,
    requestId,
  ];
}
