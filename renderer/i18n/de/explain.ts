import type { explain as english } from '../en/explain.ts';
import type { Translated } from '../translated.ts';

export const explain: Translated<typeof english> = {
  'key-missing': [
    'Nur eine Sicherung bringt diesen Schlüssel zurück. Die App erstellt nie stattdessen einen neuen: Ein neuer verdient nichts für Ihren Stake.',
    'Ohne Sicherung lösen Sie den Stake in der Console auf und warten 7 Tage. Dann heben Sie ihn ganz ab und registrieren sich neu.',
  ],
  'key-differs': [
    'Dieser Schlüssel gehört zu einem anderen Knoten. Seine Unterschriften würden hier nicht zählen. Darum sendet Ihr Knoten nichts.',
    'Stellen Sie den richtigen Schlüssel aus Ihrer Sicherung wieder her. Ihr Knoten startet dann von selbst.',
  ],
  'key-locked': [
    'Nur Sie können den Schlüsselbund öffnen. Melden Sie sich neu an, oder entsperren Sie ihn in der Passwort-App Ihres Desktops. Ihr Knoten startet dann von selbst.',
    'Damit das nach einem Neustart nicht nötig ist, verschieben Sie den Schlüssel in den Einstellungen in eine private Datei.',
  ],
  'key-unreachable': [
    'Soweit erkennbar, wurde der Schlüssel weder gelöscht noch geändert. Er lässt sich nur nicht lesen, und Ihr Knoten versucht es weiter.',
    'Wenn das nicht hilft, stellen Sie Ihre Sicherung wieder her.',
  ],
  retired: [
    'Ihr Stake ist zurück in Ihrer Wallet. Damit endete die Registrierung. Sie kann nichts mehr verdienen.',
    'Um wieder zu verdienen, registrieren Sie sich in der Console. Zum Aufräumen deinstallieren Sie die App und löschen ihren Ordner. Darin liegt der Schlüssel des Knotens, den nichts mehr braucht.',
  ],
  refused: [
    'Das Netzwerk hat geantwortet und abgelehnt. Der genannte Grund stammt von ihm.',
    'Meist liegt es an der Registrierung. Prüfen Sie Ihren Knoten in der Console. Er versucht es weiter. Online sind Sie wieder ab dem nächsten angenommenen Lebenszeichen.',
  ],
  'clock-skew': [
    'Lebenszeichen tragen die Uhrzeit, damit niemand ein altes erneut senden kann. Bei falscher Uhr kann das Netzwerk sie ablehnen.',
    'Schalten Sie in den Systemeinstellungen die automatische Uhrzeit ein.',
  ],
  'coordinator-down': [
    'Wahrscheinlich liegt es nicht an Ihrem Computer. Fertige Antworten bleiben auf diesem Datenträger, bis das Netzwerk sie annimmt.',
    'Sie können nur warten. Wenn es länger dauert, sehen Sie in den Kanälen von ParalleliX nach.',
  ],
  'disk-full': [
    'Antworten werden vor dem Senden gespeichert, damit keine verloren geht. Ohne Platz dafür nimmt Ihr Knoten keine Anfragen an.',
    'Meist brauchen Modelle am meisten Platz. Löschen Sie nicht benötigte auf der Seite „Modelle“. Anfragen kommen dann von selbst wieder.',
  ],
  'disk-read-only': [
    'Nach einem Fehler schützt das System einen Datenträger oft vor dem Schreiben. Antworten müssen vor dem Senden gespeichert werden.',
    'Sichern Sie zuerst Ihren Schlüssel. Prüfen Sie dann den Datenträger mit den Werkzeugen Ihres Systems und starten Sie den Computer neu.',
  ],
  'disk-failing': [
    'Antworten werden vor dem Senden gespeichert, damit keine verloren geht. Solange das nicht geht, nimmt Ihr Knoten keine Anfragen an.',
    'Sichern Sie Ihren Schlüssel anderswo, dann prüfen Sie den Datenträger. Sobald er wieder beschreibbar ist, geht es von selbst weiter.',
  ],
  'tier-high': [
    'Ihre GPU bestimmt Ihre Stufe. Ohne GPU ist es Stufe 1, unter 16 GB VRAM Stufe 2. Ab 16 GB ist es Stufe 3, ab 40 GB Stufe 4. Ein Mac hat höchstens Stufe 3.',
    'Schließen Sie die registrierte GPU an, oder prüfen Sie ihren Treiber auf der Seite „Hardware“. Dort können Sie auch das Risiko annehmen.',
  ],
  'gpu-on-cpu': [
    'Ihr Computer hat eine GPU, aber Ollama nutzt sie nicht. Antworten sind langsam und kommen vielleicht zu spät.',
    'Aktualisieren Sie den GPU-Treiber, starten Sie Ollama neu, oder wählen Sie ein Modell, das in das VRAM passt.',
  ],
  'tier-low': [
    'Eine höhere Stufe bringt für denselben Stake mehr. Soweit bekannt, lässt sich eine registrierte Stufe nicht ändern. Ein Computer betreibt immer nur einen Knoten.',
    'Für die höhere Stufe registrieren Sie einen weiteren Knoten und lösen diesen auf. Rechnen Sie zuerst: Die 7 Tage Wartezeit bringen nichts ein.',
  ],
};
