import { formatBytes } from '../../../../shared/format.ts';
import { printable } from '../../../../shared/printable.ts';
import { describeReason } from '../../../../shared/reasons/reason-text.ts';
import type { Updated, UpdatePlan, UpdateStep } from '../../../node/operations/update/update.ts';
import { paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { createTransferView } from '../../terminal/transfer-view.ts';

const longestNotes = 2000;

export function planText(terminal: Terminal, { installed, offered, heldBack }: UpdatePlan): string {
  if (offered === null) return '';
  const { version, notes, file, url } = offered;
  const lines = [
    `${terminal.bold(`Version ${version} is available.`)} Version ${installed} is installed.`,
    paragraph(
      terminal,
      `Downloads ${formatBytes(file.size)} from ${new URL(url).host}. Your node keeps running until the new version is ready. It completes current requests first.`,
    ),
  ];
  if (heldBack !== null)
    lines.push(paragraph(terminal, `It failed here before: ${describeReason(heldBack.reason)}.`));
  const notesBlock = notesText(notes);
  return [...lines, ...(notesBlock === '' ? [] : ['', notesBlock])].join('\n');
}

/** Plain text from the release, line by line, with nothing in it that a terminal would obey. */
function notesText(notes: string): string {
  return notes
    .slice(0, longestNotes)
    .trim()
    .split('\n')
    .map((line) => printable(line, 500))
    .join('\n');
}

export function doneText(terminal: Terminal, plan: UpdatePlan, updated: Updated | null): string {
  const { installed, offered, newer, command, heldBack } = plan;
  if (updated !== null && updated.from !== updated.to) {
    const head = `${terminal.paint('good', '✓')} ${terminal.bold(`Updated to version ${updated.to}.`)}`;
    return `${head} ${nodeText(updated)}`;
  }
  if (updated !== null) return `Version ${updated.to} is already installed.`;
  if (offered === null) return notHere(plan);
  if (!newer) return `Version ${installed} is up to date.`;
  const failed = heldBack === null ? '' : ` It failed here before: ${describeReason(heldBack.reason)}.`;
  const how = command ?? 'parallelix-operator update';
  return `Version ${offered.version} is available. Version ${installed} is installed.${failed} Update with: ${printable(how, 400)}`;
}

function notHere({ installedBy, installed, command }: UpdatePlan): string {
  if (installedBy === 'app') return `Version ${installed} is part of the app, which updates it.`;
  const how = command ? `Update with: ${printable(command, 400)}` : 'Install the new version the same way.';
  return `Version ${installed} was not installed by install.sh, so it isn’t updated from here. ${how}`;
}

function nodeText({ from, node, pid, online }: Updated): string {
  const how = online ? 'is online' : 'runs, but is not online yet';
  switch (node) {
    case 'taken-over':
      return `Your node ${how}, in the background (process ${pid}). Version ${from} stays as the way back.`;
    case 'restarted':
      return `Its service was restarted, and your node ${how}. Version ${from} stays as the way back.`;
    case 'elsewhere':
      return `The running node (process ${pid}) was not started from here. It keeps its version.`;
    default:
      return `No node was running. Version ${from} stays as the way back.`;
  }
}

const stepTexts: Readonly<Record<UpdateStep, string | null>> = {
  recovered: 'An interrupted update was completed first.',
  downloading: null,
  checking: 'Checking the download.',
  unpacking: 'Unpacking.',
  preparing: 'Starting the new version beside your node.',
  draining: 'Completing current requests.',
  waiting: 'Waiting for the first accepted heartbeat.',
  restoring: 'It failed. Starting the old version again.',
};

/** Says what is under way; nothing beside a document. */
export function createUpdateView(
  terminal: Terminal,
  silent: boolean,
): {
  step: (step: UpdateStep) => void;
  progress: (completedBytes: number, totalBytes: number | null) => void;
  end: () => void;
} {
  if (silent) return { step() {}, progress() {}, end() {} };
  const view = createTransferView(terminal);
  return {
    step(step) {
      const text = stepTexts[step];
      if (text !== null) view.say(text);
    },
    progress: (completedBytes, totalBytes) =>
      view.show('Update', { completedBytes, totalBytes, bytesPerSecond: null, leftMs: null }),
    end: () => view.end(),
  };
}
