import type { OfficialNoteWords } from '../texts/incumbent-note.ts';

/** What came of importing the node of the official client. */
export const germanOfficialNotes: OfficialNoteWords = {
  'config-missing': () => 'Es gab keine config.json. Knoten-ID und Wallet werden mit dem Schlüssel gesucht.',
  'config-torn': () =>
    'Die config.json ist beschädigt. Knoten-ID und Wallet werden mit dem Schlüssel gesucht.',
  'config-of-another-key': ({ field }) =>
    `Die config.json gehört zu einem anderen Schlüssel (${field}). Nichts davon wurde übernommen.`,
  'field-unusable': ({ field }) => `${field} war nicht brauchbar und wurde nicht übernommen.`,
  'key-open-to-others': ({ mode }) =>
    `Andere auf diesem Computer können die node.key dort lesen (Modus ${mode}). Schützen Sie sie, oder löschen Sie sie, sobald dieser Knoten läuft.`,
  'setting-kept': ({ name }) => `${name} ist hier schon eingestellt und bleibt so.`,
};
