import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { askSchemas } from '../../../shared/contract/app.ts';
import type { Answer } from '../../../shared/contract/bridge.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { said } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { Clock } from '../../daemon/system/clock.ts';
import { appOrigin } from '../windows/protocol.ts';
import { askChannel, type EventKind, eventChannel, eventKinds, listenChannel } from './channels.ts';
import { inputLimitCharacters, rateLimit } from './limits.ts';
import { createRateLimit } from './rate-limit.ts';
import { exceeds } from './size.ts';

export interface IpcHostModules {
  /** The windows that may send and receive. */
  windows: () => readonly WebContents[];
  /** Runs a command whose name and input have been checked. */
  run: (name: string, input: unknown) => Promise<unknown>;
  /** What a new listener receives first; undefined when there is nothing yet. */
  present: (kind: EventKind) => unknown;
  clock: Clock;
  log: Logger;
}

export interface IpcHost {
  /** To every window. */
  push(kind: EventKind, value: unknown): void;
}

/**
 * Answers the windows: whoever asks is checked first, then name, size and schema of the question, and
 * last the answer. Every refusal is an envelope with a code; nothing is thrown back over the wire.
 */
export function createIpcHost(modules: IpcHostModules): IpcHost {
  const { windows, run, present, clock, log } = modules;
  const limits = new WeakMap<WebContents, () => boolean>();

  function withinRate(sender: WebContents): boolean {
    const limit = limits.get(sender) ?? createRateLimit(rateLimit, { clock });
    limits.set(sender, limit);
    return limit();
  }

  function checkSender(event: IpcMainInvokeEvent, command: string): void {
    const refused = senderFault(event, windows());
    if (refused !== null) throw new NodeError('command-refused', { command, reason: refused });
    if (!withinRate(event.sender)) throw new NodeError('command-refused', { command, reason: 'rate' });
  }

  async function answer(event: IpcMainInvokeEvent, name: unknown, input: unknown): Promise<Answer<unknown>> {
    const command = typeof name === 'string' ? name.slice(0, 64) : '';
    try {
      checkSender(event, command);
      const schemas = typeof name === 'string' ? askSchemas(name) : null;
      if (schemas === null) throw new NodeError('command-unknown', { command });
      if (exceeds(input, inputLimitCharacters))
        throw new NodeError('command-refused', { command, reason: 'size' });
      const checked = schemas.input.safeParse(input ?? {});
      if (!checked.success) {
        const reason = checked.error.issues
          .map(({ path, message }) => `${path.join('.')}: ${message}`)
          .join('; ');
        throw new NodeError('command-invalid', { command, reason: said(reason.slice(0, 300)) });
      }
      return { ok: true, output: schemas.output.parse(await run(command, checked.data)) };
    } catch (error) {
      return { ok: false, error: envelope(error, command, log) };
    }
  }

  ipcMain.handle(askChannel, answer);
  ipcMain.handle(listenChannel, (event, kind: unknown) => {
    try {
      checkSender(event, 'listen');
      const wanted = eventKinds.find((one) => one === kind);
      const value = wanted === undefined ? undefined : present(wanted);
      if (value !== undefined) event.sender.send(eventChannel, wanted, value);
    } catch (error) {
      envelope(error, 'listen', log);
    }
  });

  return {
    push(kind, value) {
      for (const contents of windows()) if (!contents.isDestroyed()) contents.send(eventChannel, kind, value);
    },
  };
}

/** Why a message is not from one of our windows' own pages; null when it is. */
function senderFault(
  event: IpcMainInvokeEvent,
  windows: readonly WebContents[],
): 'window' | 'frame' | 'origin' | null {
  const { sender, senderFrame } = event;
  if (!windows.includes(sender)) return 'window';
  // Null when the frame is gone, or shows another page by now.
  if (senderFrame === null || senderFrame.detached) return 'frame';
  if (senderFrame.parent !== null || senderFrame !== sender.mainFrame) return 'frame';
  return senderFrame.origin === appOrigin ? null : 'origin';
}

function envelope(
  error: unknown,
  command: string,
  log: Logger,
): { code: string; details: Record<string, unknown> } {
  if (isNodeError(error)) {
    if (isNodeError(error, 'command-refused'))
      log.warn('command-refused', { command, reason: error.details.reason });
    return { code: error.code, details: { ...error.details } };
  }
  log.fault(error, 'command-failed', { command });
  return { code: 'internal-error', details: {} };
}
