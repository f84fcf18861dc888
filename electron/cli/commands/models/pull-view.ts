import type { PullReport } from '../../../../shared/contract/ollama.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { createTransferView, type TransferFigures } from '../../terminal/transfer-view.ts';

/** Shows a pull: a bar that moves where a person watches, else a line whenever there is something to say. */
export interface PullView {
  show(report: PullReport): void;
  end(): void;
}

const phases: Partial<Record<PullReport['state'], (model: string) => string>> = {
  queued: (model) => `${model} waits for its turn.`,
  checking: (model) => `Looking at the size of ${model}, and at the room for it.`,
  verifying: (model) => `All of ${model} is here; Ollama checks it.`,
};

export function createPullView(terminal: Terminal): PullView {
  const view = createTransferView(terminal);
  let phase = '';
  let attempt = 1;
  return {
    show(report) {
      const { model, state } = report;
      if (report.attempt > attempt) view.say(resumedText(report));
      attempt = report.attempt;
      const text = phases[state]?.(model) ?? '';
      if (text !== '' && text !== phase) view.say(text);
      phase = text;
      if (state === 'pulling') view.show(...extent(report));
    },
    end: () => view.end(),
  };
}

/** What is shown as done and to be done: the whole where it is known, else the layer that is on its way. */
function extent(report: PullReport): [title: string, figures: TransferFigures] {
  const { model, totalBytes, completedBytes, layers, bytesPerSecond, leftMs } = report;
  const coming = layers.findLastIndex((layer) => layer.completedBytes < layer.totalBytes);
  const layer = layers[coming];
  if (totalBytes !== null || layer === undefined) {
    return [model, { totalBytes, completedBytes, bytesPerSecond, leftMs }];
  }
  return [`${model}, layer ${coming + 1}`, { ...layer, bytesPerSecond, leftMs: null }];
}

function resumedText({ model, attempt }: PullReport): string {
  return `Nothing came for a while, or something broke; asking again for ${model} (try ${attempt}).`;
}
