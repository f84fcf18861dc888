import { describeReason } from '../../../shared/reasons/reason-text.ts';
import type { StatePaths } from '../../daemon/storage/paths.ts';
import type { SettingsNotice } from '../../daemon/storage/settings.ts';

/** What a person who works as somebody else should know, or null. */
export function stateNote({ warning, stateDir }: StatePaths): string | null {
  if (warning === null) return null;
  const { kind, sudoUser } = warning;
  return kind === 'roots-own'
    ? `this is the node of root in ${stateDir}, not the one of ${sudoUser}. For that one, run the command without sudo.`
    : `files made now in ${stateDir} will belong to root; if the node is ${sudoUser}’s, run the command without sudo.`;
}

/** What happened to the settings file, as text. */
export function settingsNote(notice: SettingsNotice, file: string): string {
  switch (notice.kind) {
    case 'healed': {
      const what = notice.dropped.length > 0 ? ` (${notice.dropped.join(', ')})` : '';
      const where = notice.keptAt === null ? 'it is still in place' : `it is kept as ${notice.keptAt}`;
      return `${file} could not be used as it was: ${describeReason(notice.reason)}${what}; the rest is in use, and ${where}.`;
    }
    case 'newer-version':
      return `a newer version wrote ${file}; what is known of it is in use, and it is not changed.`;
    case 'unknown-names':
      return `${file} holds names that this version does not know: ${notice.names.join(', ')}; they are kept.`;
    case 'unreadable':
      return `${file} cannot be read (${describeReason(notice.reason)}); the defaults are in use, and it is not changed.`;
  }
}

export const startingOllama = 'Ollama is installed and does not run; it is being started.';
