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

export function describeOfficialNote(note: OfficialNote): string {
  switch (note.kind) {
    case 'config-missing':
      return 'There was no config.json. Node id and owner are looked up with the key.';
    case 'config-torn':
      return 'Its config.json is damaged. Node id and owner are looked up with the key.';
    case 'config-of-another-key':
      return `Its config.json belongs to another key (${note.field}). Nothing of it was imported.`;
    case 'field-unusable':
      return `Its ${note.field} can't be used and wasn't imported.`;
    case 'key-open-to-others':
      return `Others on this computer can read its node.key (mode ${note.mode}). Close it with chmod 600, or delete it once this node serves.`;
    case 'setting-kept':
      return `${note.name} is set here already and stays as it is.`;
  }
}
