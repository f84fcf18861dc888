import { type SystemErrno, type SystemPlace, systemPlaces } from '../system-errors.ts';
import { printable } from './printable.ts';

interface PlaceWords {
  /** Begins a sentence; with `The disk is full.` before it. */
  name: string;
  /** What it means for the node while it cannot be read or written. */
  effect: string;
}

/** The places of the table of system errors: their names, and what depends on them. */
const places: Readonly<Record<SystemPlace, PlaceWords>> = {
  'state-dir': {
    name: 'The state directory',
    effect: "Your node can't run without it, so you're not earning.",
  },
  key: { name: 'The node key', effect: "Your node can't sign without it, so you're not earning." },
  record: { name: 'The identity record', effect: "Your node can't run without it, so you're not earning." },
  journal: { name: 'The journal', effect: 'Your node takes no requests without it.' },
  lock: { name: 'The lock file', effect: "Your node's files can't be used without it." },
  settings: { name: 'The settings file', effect: 'Your settings are as they were.' },
  note: { name: 'A small file of the node', effect: 'What it says is as it was.' },
  log: { name: 'The log', effect: 'Your node runs without it.' },
  'control-socket': { name: 'The control socket', effect: "Commands can't reach your node without it." },
  backup: { name: 'The backup', effect: 'No backup was made; your key is as it was.' },
  ollama: { name: "Ollama's folder", effect: 'Nothing was installed.' },
  service: { name: "The service's file", effect: 'The service is as it was.' },
  update: { name: "The update's folder", effect: 'The present version stays in use.' },
  temporary: { name: 'The folder for temporary files', effect: 'Nothing was changed.' },
  other: { name: 'The file', effect: 'Nothing was changed.' },
};

type Sentence = (name: string, path: string) => string;

/** What happened, and what to do about it wherever it happens. */
const errnos: Readonly<Record<SystemErrno, { what: Sentence; remedy: string }>> = {
  ENOSPC: {
    what: (name, path) => `The disk is full. ${name} couldn't be written: ${path}.`,
    remedy: 'Free up disk space, then retry.',
  },
  EDQUOT: {
    what: (name, path) => `Your disk quota is used up. ${name} couldn't be written: ${path}.`,
    remedy: 'Delete files of yours, or have the quota raised, then retry.',
  },
  EROFS: {
    what: (name, path) => `The disk is read-only. ${name} can't be written: ${path}.`,
    remedy: 'Check the disk for errors, make it writable again, then retry.',
  },
  EIO: {
    what: (name, path) => `The disk reports an error. ${name} couldn't be used: ${path}.`,
    remedy: 'Check the cable and the disk, and replace the disk if it stays.',
  },
  EACCES: {
    what: (name, path) =>
      `You aren't allowed to do this. ${name} belongs to someone else or is closed: ${path}.`,
    remedy: 'Run the command as the owner, or change owner and permissions.',
  },
  EMFILE: {
    what: (name, path) => `This program has too many open files. ${name} couldn't be opened: ${path}.`,
    remedy: 'Raise the limit (ulimit -n, or LimitNOFILE of the service), then retry.',
  },
  ENFILE: {
    what: (name, path) => `This computer has too many open files. ${name} couldn't be opened: ${path}.`,
    remedy: 'Close other programs, or raise fs.file-max, then retry.',
  },
  ENOENT: {
    what: (name, path) => `${name} or its folder isn't there: ${path}.`,
    remedy: 'Create the folder, or name another one.',
  },
};

/** Where the general remedy would lead the wrong way. */
const remedies: { readonly [Errno in SystemErrno]?: Partial<Record<SystemPlace, string>> } = {
  EIO: {
    key: 'Check the disk. If the key stays unreadable, restore your backup.',
    'state-dir': 'Back up your key elsewhere, then check the disk.',
    journal: 'Keep the file: answers may wait in it. Then check the disk.',
  },
  ENOENT: {
    key: 'Restore your backup; no new key was made.',
    record: 'Restore it with: parallelix-operator key repair',
    'state-dir': 'Check that the disk is mounted, or name another directory with --state-dir.',
    journal: 'Check that the disk is mounted, then start the node again.',
    'control-socket': 'Start the node again, or name another state directory with --state-dir.',
    temporary: 'Set TMPDIR to a folder that is there.',
  },
  ENOSPC: {
    ollama: 'Free up disk space, or delete a model, then retry.',
    temporary: 'Free up disk space, or set TMPDIR to another disk.',
  },
  EROFS: {
    temporary: 'Set TMPDIR to a folder that can be written.',
    other: 'Name a place that can be written.',
    backup: 'Name a place that can be written.',
  },
  EACCES: {
    other: 'Name a place of your own, or run the command as its owner.',
    ollama: 'Change its owner, or run the command as its owner.',
    service: 'Run the command with sudo.',
  },
};

/**
 * The table of system errors and places, as text: what happened, what it means, what to do. A place that this version
 * does not know, as a newer daemon may report it, is a file like others.
 */
export function systemErrorText(errno: SystemErrno, place: SystemPlace, path: string): string {
  const known = systemPlaces.find((one) => one === place) ?? 'other';
  const { name, effect } = places[known];
  const { what, remedy } = errnos[errno] ?? errnos.EIO;
  return `${what(name, printable(path, 300))} ${effect} ${remedies[errno]?.[known] ?? remedy}`;
}
