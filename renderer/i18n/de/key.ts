import type { key as english } from '../en/key.ts';
import type { Translated } from '../translated.ts';

export const key: Translated<typeof english> = {
  store: {
    where: 'Speicherort',
    keychain: 'Schlüsselbund des Systems',
    keychainMeaning: 'Öffnet sich mit Ihrer Anmeldung. Gut für Desktops.',
    file: 'Private Datei',
    fileMeaning: 'Geht ohne Anmeldung. Gut für Server oder ohne Schlüsselbund.',
  },
  restore: {
    open: 'Sicherung wiederherstellen',
    title: 'Aus Sicherung wiederherstellen',
    lead: 'Wählen Sie Ihre Sicherung, oder eine Kopie der Schlüsseldatei. Wallet-Schlüssel und Seed-Phrasen werden abgelehnt.',
    choose: 'Datei auswählen',
    chooseAnother: 'Andere Datei auswählen',
    choosing: 'Wird ausgewählt…',
    cancelled: 'Abgebrochen, nichts wurde geändert.',
    file: 'Datei',
    node: 'Knoten laut Datei',
    hash: 'Fingerabdruck des Schlüssels laut Datei',
    passphrase: 'Passphrase der Sicherung',
    oldIsOff: 'Der Knoten des alten Computers ist angehalten',
    oldMeaning:
      'Zwei Computer mit einem Schlüssel verlieren einander Arbeit. Im Zweifel lassen Sie dies aus. Der Schlüssel wird dann wiederhergestellt, aber erst nach Ihrer Bestätigung benutzt.',
    needsPassphrase: 'Die Datei ist gesperrt. Geben Sie ihre Passphrase ein.',
    do: 'Schlüssel wiederherstellen',
    doing: 'Wird wiederhergestellt…',
    done: 'Ihr Schlüssel ist wiederhergestellt. Gespeichert in: {{place}}, und überprüft.',
    here: 'Dieser Schlüssel war schon hier. Er bleibt in: {{place}}.',
    notMoved:
      'Der Schlüsselbund konnte ihn nicht speichern. Er ist in einer privaten Datei. Sie können ihn später in den Einstellungen verschieben.',
    archived: 'Was vorher hier war, wurde verschoben, nicht gelöscht: {{files}}',
  },
  insist: {
    body: 'Der jetzige Schlüssel wird zuerst in den Sicherungsordner verschoben. Seine Registrierung verdient ohne ihn nichts.',
    type: 'Zum Fortfahren {{word}} eingeben',
    word: 'ERSETZEN',
    do: 'Schlüssel ersetzen',
    doing: 'Wird ersetzt…',
  },
  quarantine: {
    title: 'Ist der alte Computer aus?',
    body: 'Dieser Schlüssel stammt von einem anderen Computer. Er wird noch nicht benutzt, und Sie verdienen nicht. Zwei Computer mit einem Schlüssel verlieren einander Arbeit.',
    do: 'Er ist aus',
    question: 'Nur Sie können das wissen. Läuft der Knoten dort noch, verlieren beide Arbeit.',
    yes: 'Hier starten',
    starting: 'Startet…',
  },
  repair: {
    title: 'Der Eintrag zum Schlüssel fehlt',
    body: 'Die Reparatur schreibt den Eintrag aus Ihrem Schlüssel neu und überprüft ihn. Ihr Schlüssel bleibt, wie er ist. Es wird kein neuer erstellt.',
    do: 'Eintrag reparieren',
    doing: 'Wird repariert…',
    restore: 'Sicherung wiederherstellen',
    recordMissing:
      'Ihr Schlüssel ist im Schlüsselbund, aber sein Eintrag auf diesem Computer fehlt. Bis zur Reparatur verdienen Sie nicht.',
    recordUnreadable:
      'Der Eintrag zu Ihrem Schlüssel ist nicht lesbar. Bis zur Reparatur verdienen Sie nicht.',
  },
  unlock: {
    title: 'Entsperren Sie Ihren Schlüssel',
    body: 'Er ist mit einer Passphrase geschützt. Bis Sie sie eingeben, verdienen Sie nicht.',
    passphrase: 'Passphrase',
    meaning: 'Bleibt im Arbeitsspeicher, bis die App endet. Wird nie gespeichert.',
    do: 'Entsperren und starten',
    doing: 'Wird entsperrt…',
    waiting: 'Warten auf Schlüsselbund…',
  },
  move: {
    toKeychain: 'In Schlüsselbund verschieben',
    toFile: 'In Datei verschieben',
    title: 'Schlüssel verschieben?',
    keychainBody:
      'Der Schlüsselbund öffnet sich mit Ihrer Anmeldung, und nur diese App kann ihn nutzen. Nach einem Neustart verdienen Sie erst, wenn Sie sich anmelden.',
    fileBody:
      'Eine Datei geht ohne Anmeldung, auch für einen Hintergrunddienst. Wer Ihre Dateien lesen darf, kann sie lesen.',
    how: 'Laufende Anfragen werden zuerst beendet. Die neue Kopie wird überprüft, bevor die alte gelöscht wird. Dann startet Ihr Knoten wieder.',
    do: 'Schlüssel verschieben',
    doing: 'Wird verschoben…',
    done: 'Verschoben. Ihr Schlüssel ist jetzt in: {{place}}.',
    refused:
      'Der Schlüsselbund lässt sich gerade nicht nutzen. Ihr Schlüssel bleibt, wo er ist, und Ihr Knoten läuft weiter.',
    attached: 'Ihr Knoten läuft außerhalb dieser App. Halten Sie ihn dort zuerst an.',
  },
  official: {
    title: 'Vorhandener Knoten gefunden',
    body: 'Der offizielle Client hat einen Knoten in {{path}}. Sie können seinen Schlüssel übernehmen, samt Registrierung und Stake. Seine Dateien bleiben, wie sie sind.',
    stopped: 'Halten Sie zuerst den offiziellen Client an. Dann:',
    do: 'Schlüssel übernehmen',
    doing: 'Wird übernommen…',
    done: 'Schlüssel übernommen. Gespeichert in: {{place}}, und überprüft. Starten Sie den offiziellen Client nicht, während dieser Knoten läuft. Zwei Programme mit einem Schlüssel verlieren einander Arbeit.',
    taken: 'Auch übernommen: {{name}} {{value}}',
    whole: 'Oder wechseln Sie in einem Schritt, während der offizielle Client noch läuft.',
  },
  migrate: {
    do: 'Wechseln',
    doing: 'Wird gewechselt…',
    planning: 'Wird geprüft…',
    title: 'Vom offiziellen Client wechseln?',
    willImport:
      'Ihr Schlüssel wird für diese App in eine private Datei kopiert. Der offizielle Client behält seine eigenen Dateien.',
    willStop:
      'Der offizielle Client wird angehalten und startet nicht mehr von selbst. Ihr System fragt vielleicht nach Ihrem Passwort.',
    willStart: {
      service: 'Ihr Knoten startet als Hintergrunddienst, weil der offizielle Client einer war.',
      app: 'Ihr Knoten startet in dieser App.',
    },
    undone:
      'Nimmt das Netzwerk binnen einer Minute kein Lebenszeichen an, wird der offizielle Client wieder gestartet.',
    step: {
      importing: 'Der Schlüssel wird übernommen und dieser Computer geprüft…',
      'stopping-official': 'Der offizielle Client wird angehalten…',
      starting: 'Ihr Knoten startet. Warten auf sein erstes angenommenes Lebenszeichen…',
      'taking-back': 'Der Wechsel wird zurückgenommen…',
    },
    done: 'Ihr Knoten läuft jetzt hier',
    asService: 'Er läuft als Hintergrunddienst, auch wenn diese App geschlossen ist.',
    inApp: 'Er läuft in dieser App. Wenn sie endet, hält er an.',
    gap: 'Bis zu {{duration}} lang wurde kein Lebenszeichen gesendet.',
    failed: 'Wechsel fehlgeschlagen',
  },
  refused: {
    inTheWay:
      'In {{place}} ist ein anderer Schlüssel ({{nodeKeyHash}}). Er bleibt, und nichts wurde geändert.',
    notExpected:
      'Dieser Schlüssel ({{found}}) ist nicht der dieses Knotens ({{expected}}). Die Registrierung würde nichts verdienen. Darum wurde nichts geändert.',
    quarantined: 'Dieser Schlüssel wird erst benutzt, wenn Sie bestätigen, dass der alte Computer aus ist.',
    needsPassphrase: '{{place}} ist mit einer Passphrase gesperrt. Nichts wurde gestartet oder geändert.',
    officialRuns:
      'Der offizielle Client läuft auf diesem Computer ({{name}}). Er läuft weiter, und nichts wurde geändert. Halten Sie ihn zuerst an.',
    otherRuns:
      'Ihr Knoten läuft schon. Er läuft weiter, und nichts wurde geändert. Halten Sie ihn zuerst an.',
  },
};
