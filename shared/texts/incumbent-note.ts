import { translatable } from '../language.ts';

/** What was found when the node of the official client was imported, and what came of it. */
export type OfficialNote =
  /** The configuration is gone or torn; all but node id and owner comes from the key. */
  | { kind: 'config-missing' }
  | { kind: 'config-torn' }
  | { kind: 'config-of-another-key'; field: string }
  | { kind: 'field-unusable'; field: string }
  | { kind: 'key-open-to-others'; mode: string }
  /** Another value was chosen here before. */
  | { kind: 'setting-kept'; name: string };

type Kind = OfficialNote['kind'];

/** What each says. */
export type OfficialNoteWords = {
  readonly [K in Kind]: (note: Extract<OfficialNote, { kind: K }>) => string;
};

export const officialNoteWords = translatable<OfficialNoteWords>({
  'config-missing': () => 'There was no config.json. Node id and owner are looked up with the key.',
  'config-torn': () => 'Its config.json is damaged. Node id and owner are looked up with the key.',
  'config-of-another-key': ({ field }) =>
    `Its config.json belongs to another key (${field}). Nothing of it was imported.`,
  'field-unusable': ({ field }) => `Its ${field} can’t be used and wasn’t imported.`,
  'key-open-to-others': ({ mode }) =>
    `Others on this computer can read its node.key (mode ${mode}). Close it with chmod 600, or delete it once this node serves.`,
  'setting-kept': ({ name }) => `${name} is set here already and stays as it is.`,
});

export function describeOfficialNote<K extends Kind>(note: Extract<OfficialNote, { kind: K }>): string {
  return officialNoteWords()[note.kind as K](note);
}
