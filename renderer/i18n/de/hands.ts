import type { hands as english } from '../en/hands.ts';
import type { Translated } from '../translated.ts';

export const hands: Translated<typeof english> = {
  keys: {
    title: 'Tastenkürzel',
    pages: 'Seite öffnen',
    settings: 'Einstellungen öffnen',
    palette: 'Befehle suchen',
    undo: 'Letzte Änderung zurücknehmen',
    pause: 'Pausieren oder fortsetzen',
    search: 'Diese Seite durchsuchen',
    keys: 'Tastenkürzel zeigen',
    singleOff: 'Kürzel mit einer Taste sind aus. In den Einstellungen können Sie sie einschalten.',
  },
  palette: {
    title: 'Befehle suchen',
    placeholder: 'Befehl eingeben',
    nothing: 'Kein Befehl gefunden',
    goTo: '{{page}} öffnen',
    pause: 'Pausieren…',
    copyId: 'Knoten-ID kopieren',
    copyKey: 'Fingerabdruck kopieren',
    nodeId: 'Knoten-ID',
    fingerprint: 'Fingerabdruck des Schlüssels',
    copied: '{{what}} kopiert',
    notCopied: 'Kopieren nicht möglich.',
  },
};
