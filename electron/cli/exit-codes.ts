import type { NodeErrorCode } from '../../shared/errors.ts';

/** What the program ends with. Stable: scripts and service managers decide by them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  noDaemon: 3,
  otherDaemon: 4,
  notReady: 5,
  key: 6,
  unusable: 7,
  internal: 70,
  hangUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help and the manual, in order. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done; for verify: nothing failed; for start: stopped after finishing its work',
  failed: 'it did not work, or verify found something that keeps the node from earning',
  usage: 'the command line, an environment variable or a setting cannot be understood',
  noDaemon: 'no node is running here',
  otherDaemon: 'the node is already running',
  notReady: 'something is missing first: Ollama, a model that can serve, or the registration',
  key: 'the node key is missing, in the way, or not the one that is expected',
  unusable: 'this computer cannot run it as it is: Node too old, state directory, settings, disk',
  internal: 'a fault in the program itself; what was finished is safe on disk',
  hangUp: 'the terminal closed twice: ended at once, without finishing',
  interrupted: 'Ctrl-C pressed twice: ended at once, without finishing',
  terminated: 'told to end twice: ended at once, without finishing',
};

const { failed, usage, noDaemon, otherDaemon, notReady, key, unusable, internal } = exitCodes;

/** The exit code of every error; exhaustive, so that a new one cannot be forgotten. */
export const exitCodeOf: Readonly<Record<NodeErrorCode, ExitCode>> = {
  'http-aborted': failed,
  'http-body-too-large': failed,
  'http-insecure-url': usage,
  'http-invalid-url': usage,
  'http-redirect-refused': failed,
  'http-timeout': failed,
  'http-unreachable': failed,
  'ca-file-unreadable': unusable,
  'key-exists': key,
  'key-expected': key,
  'key-missing': key,
  'key-malformed': key,
  'key-differs': key,
  'key-readable-by-others': key,
  'key-unreadable': key,
  'no-identity': key,
  'identity-unreadable': key,
  'signing-refused': key,
  'state-dir-unusable': unusable,
  'file-too-large': unusable,
  'disk-full': unusable,
  'database-unusable': unusable,
  'other-daemon': otherDaemon,
  'settings-read-only': unusable,
  'setting-invalid': usage,
  'ollama-missing': notReady,
  'no-servable-model': notReady,
  'ollama-unreachable': notReady,
  'ollama-answer-invalid': notReady,
  'ollama-error': notReady,
  'ollama-died': notReady,
  'model-not-installed': notReady,
  'context-overflow': failed,
  'result-empty': failed,
  'result-too-large': failed,
  'deadline-exceeded': failed,
  cancelled: failed,
  'no-daemon': noDaemon,
  'daemon-not-answering': failed,
  'command-unknown': failed,
  'command-invalid': failed,
  'contract-mismatch': failed,
  'internal-error': internal,
  usage,
};
