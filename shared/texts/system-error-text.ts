import { translatable } from '../language.ts';
import { printable } from '../printable.ts';
import { type SystemErrno, type SystemPlace, systemPlaces } from '../system-errors.ts';
import { type Action, eitherWay, type Problem, problem, problemText } from './problem.ts';

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
    effect: 'Your node can’t run without it, so you’re not earning.',
  },
  key: { name: 'The node key', effect: 'Your node can’t sign without it, so you’re not earning.' },
  record: { name: 'The identity record', effect: 'Your node can’t run without it, so you’re not earning.' },
  journal: { name: 'The journal', effect: 'Your node takes no requests without it.' },
  lock: { name: 'The lock file', effect: 'Your node’s files can’t be used without it.' },
  settings: { name: 'The settings file', effect: 'Your settings are as they were.' },
  note: { name: 'A small file of the node', effect: 'What it says is as it was.' },
  log: { name: 'The log', effect: 'Your node runs without it.' },
  'control-socket': { name: 'The control socket', effect: 'Commands can’t reach your node without it.' },
  backup: { name: 'The backup', effect: 'No backup was made; your key is as it was.' },
  ollama: { name: 'Ollama’s folder', effect: 'Nothing was installed.' },
  service: { name: 'The service’s file', effect: 'The service is as it was.' },
  update: { name: 'The update’s folder', effect: 'The present version stays in use.' },
  temporary: { name: 'The folder for temporary files', effect: 'Nothing was changed.' },
  other: { name: 'The file', effect: 'Nothing was changed.' },
};

type Sentence = (name: string, path: string) => string;

/** What happened, and what to do about it wherever it happens. */
const errnos: Readonly<Record<SystemErrno, { what: Sentence; remedy: Action }>> = {
  ENOSPC: {
    what: (name, path) => `The disk is full. ${name} couldn’t be written: ${path}.`,
    remedy: 'Free up disk space, then retry.',
  },
  EDQUOT: {
    what: (name, path) => `Your disk quota is used up. ${name} couldn’t be written: ${path}.`,
    remedy: 'Delete files of yours, or have the quota raised, then retry.',
  },
  EROFS: {
    what: (name, path) => `The disk is read-only. ${name} can’t be written: ${path}.`,
    remedy: 'Check the disk for errors, make it writable again, then retry.',
  },
  EIO: {
    what: (name, path) => `The disk reports an error. ${name} couldn’t be used: ${path}.`,
    remedy: 'Check the cable and the disk, and replace the disk if it stays.',
  },
  EACCES: {
    what: (name, path) =>
      `You aren’t allowed to do this. ${name} belongs to someone else or is closed: ${path}.`,
    remedy: eitherWay(
      'Change its owner and permissions.',
      'Run the command as the owner, or change owner and permissions.',
    ),
  },
  EMFILE: {
    what: (name, path) => `This program has too many open files. ${name} couldn’t be opened: ${path}.`,
    remedy: eitherWay(
      'Restart the app, then retry.',
      'Raise the limit (ulimit -n, or LimitNOFILE of the service), then retry.',
    ),
  },
  ENFILE: {
    what: (name, path) => `This computer has too many open files. ${name} couldn’t be opened: ${path}.`,
    remedy: eitherWay(
      'Close other programs, then retry.',
      'Close other programs, or raise fs.file-max, then retry.',
    ),
  },
  ENOENT: {
    what: (name, path) => `${name} or its folder isn’t there: ${path}.`,
    remedy: 'Create the folder, or choose another one.',
  },
};

/** Where the general remedy would lead the wrong way. */
const remedies: { readonly [Errno in SystemErrno]?: Partial<Record<SystemPlace, Action>> } = {
  EIO: {
    key: 'Check the disk. If the key stays unreadable, restore your backup.',
    'state-dir': 'Back up your key elsewhere, then check the disk.',
    journal: 'Keep the file: answers may be waiting in it. Then check the disk.',
  },
  ENOENT: {
    key: 'Restore your backup; no new key was made.',
    record: eitherWay('Repair the key record.', 'Restore it with: parallelix-operator key repair'),
    'state-dir': eitherWay(
      'Check that the disk is mounted.',
      'Check that the disk is mounted, or name another directory with --state-dir.',
    ),
    journal: 'Check that the disk is mounted, then start the node again.',
    'control-socket': eitherWay(
      'Start the node again.',
      'Start the node again, or name another state directory with --state-dir.',
    ),
    temporary: eitherWay('Create that folder.', 'Set TMPDIR to a folder that is there.'),
  },
  ENOSPC: {
    ollama: 'Free up disk space, or delete a model, then retry.',
    temporary: eitherWay('Free up disk space.', 'Free up disk space, or set TMPDIR to another disk.'),
  },
  EROFS: {
    temporary: eitherWay('Make it writable again.', 'Set TMPDIR to a folder that can be written.'),
    other: 'Choose a place that can be written.',
    backup: 'Choose a place that can be written.',
  },
  EACCES: {
    other: eitherWay(
      'Choose a place of your own.',
      'Choose a place of your own, or run the command as its owner.',
    ),
    ollama: eitherWay('Change its owner.', 'Change its owner, or run the command as its owner.'),
    service: eitherWay('Ask an administrator.', 'Run the command with sudo.'),
  },
};

/** What is said of errors of the system: of places, of errors, and of an error in a place. */
export interface SystemErrorWords {
  places: typeof places;
  errnos: typeof errnos;
  remedies: typeof remedies;
}
export const systemErrorWords = translatable<SystemErrorWords>({ places, errnos, remedies });

/**
 * The table of system errors and places in three fields. A place that this version does not know, as a newer daemon
 * may report it, is a file like others.
 */
export function systemError(errno: SystemErrno, place: SystemPlace, path: string): Problem {
  const known = systemPlaces.find((one) => one === place) ?? 'other';
  const words = systemErrorWords();
  const { name, effect } = words.places[known];
  const { what, remedy } = words.errnos[errno] ?? words.errnos.EIO;
  return problem(what(name, printable(path, 300)), effect, words.remedies[errno]?.[known] ?? remedy);
}

/** The same as one text, for a terminal. */
export function systemErrorText(errno: SystemErrno, place: SystemPlace, path: string): string {
  return problemText(systemError(errno, place, path), 'terminal');
}
