import { applyEvent, type Reported } from '../../../../shared/contract/changes.ts';
import type { RequestRecord } from '../../../../shared/contract/records.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { stamp } from '../../../../shared/format.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { createScreen } from '../../terminal/screen.ts';
import { onInterrupt } from '../../terminal/signals.ts';
import { statusLineText } from '../../terminal/status-line.ts';
import { recentRequests } from './recent.ts';
import { statusText } from './text.ts';

/** Ages of figures are drawn again this often. */
const redrawMs = 1000;

/** What is shown, in one of three forms: a screen, a line for every change, or a document for every change. */
interface WatchView {
  show(snapshot: Snapshot, recent: readonly RequestRecord[]): void;
  end(): void;
}

/**
 * Shows the running node until the command is interrupted or the node ends.
 *
 * @param print one document
 */
export async function watchStatus(
  invocation: Invocation,
  daemon: ControlClient,
  print: (snapshot: Snapshot) => Promise<void>,
): Promise<ExitCode> {
  const { terminal, clock, flags } = invocation;
  const stopping = new AbortController();
  onInterrupt(() => stopping.abort());
  terminal.onReaderGone(() => stopping.abort());
  let gone = false;
  void daemon.closed.then(() => {
    gone = true;
    stopping.abort();
  });
  let known: Reported | null = null;
  let changes = 0;
  let recent: readonly RequestRecord[] = [];
  await daemon.subscribe((event) => {
    known = applyEvent(known, event);
    changes += 1;
  });
  const view = flags.json ? createDocumentView(print) : createView(invocation, daemon.greeting.uptimeMs);
  let served = -1;
  let shown = -1;
  while (!stopping.signal.aborted) {
    const snapshot = (known as Reported | null)?.snapshot;
    if (snapshot !== undefined && snapshot.serving.served !== served) {
      served = snapshot.serving.served;
      recent = await recentRequests(daemon);
    }
    if (snapshot !== undefined && (terminal.live || shown !== changes)) {
      shown = changes;
      view.show(snapshot, recent);
    }
    await sleep(clock, redrawMs, stopping.signal);
  }
  view.end();
  if (!gone) return exitCodes.done;
  if (!flags.json) terminal.out('Your node has stopped.');
  return exitCodes.noDaemon;
}

function createDocumentView(print: (snapshot: Snapshot) => Promise<void>): WatchView {
  return { show: (snapshot) => void print(snapshot), end() {} };
}

function createView({ terminal, clock, flags }: Invocation, uptimeMs: number): WatchView {
  const began = clock.monotonicMs();
  if (!terminal.live) {
    let printed = '';
    return {
      show(snapshot) {
        const text = statusLineText(terminal, snapshot, clock.now());
        if (text !== printed) terminal.line(`${stamp(clock.now())} ${text}`);
        printed = text;
      },
      end() {},
    };
  }
  const screen = createScreen(terminal);
  return {
    show(snapshot, recent) {
      const text = statusText(terminal, snapshot, {
        recent,
        uptimeMs: uptimeMs + clock.monotonicMs() - began,
        nowMs: clock.now(),
        verbose: flags.verbose === true,
      });
      screen.show(
        `${text}\n\n  ${terminal.paint('quiet', 'Ctrl-C ends this view. Your node keeps running.')}`,
      );
    },
    end: () => screen.end(),
  };
}
