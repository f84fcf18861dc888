import { formatDuration } from '../format.ts';
import type { GpuUnusedCause } from '../hardware/gpu-causes.ts';
import { describeReason, type ReasonWords } from '../reasons/reason-text.ts';
import type { FailureTextCode } from '../texts/failure-text.ts';
import type { NotServableCode } from '../texts/servable-text.ts';
import { germanFileReasons, germanFileReasonsWithValue } from './reasons-files.ts';
import { germanProgramReasons, germanProgramReasonsWithValue } from './reasons-programs.ts';

/** Reasons as they follow a colon or stand in brackets: no full stop. */
export const germanReasons: ReasonWords = {
  codes: {
    ...germanFileReasons,
    ...germanProgramReasons,
    ECONNREFUSED: 'Verbindung abgelehnt',
    ECONNRESET: 'die Verbindung brach ab',
    EPIPE: 'die Verbindung brach ab',
    ETIMEDOUT: 'keine Antwort in der Zeit',
    timeout: 'keine Antwort in der Zeit',
    aborted: 'abgebrochen',
    'not-said': 'ohne Angabe eines Grundes',
    ENOTFOUND: 'Name im DNS nicht gefunden',
    EAI_AGAIN: 'Name im DNS nicht gefunden',
    EAI_FAIL: 'Name im DNS nicht gefunden',
    ENETUNREACH: 'Netzwerk nicht erreichbar',
    ENETDOWN: 'das Netzwerk ist aus',
    EHOSTUNREACH: 'dieser Computer ist nicht erreichbar',
    EACCES: 'Zugriff verweigert',
    EPERM: 'Zugriff verweigert',
    EROFS: 'der Datenträger ist schreibgeschützt',
    ENOTDIR: 'ein Teil des Pfads ist kein Ordner',
    EISDIR: 'es ist ein Ordner',
    EIO: 'der Datenträger meldet einen Fehler',
    ENOSPC: 'der Datenträger ist voll',
    EDQUOT: 'Ihr Speicherkontingent ist aufgebraucht',
    EMFILE: 'dieses Programm hat zu viele offene Dateien',
    ENFILE: 'dieser Computer hat zu viele offene Dateien',
    ENOENT: 'nicht gefunden',
    CERT_HAS_EXPIRED: 'das Zertifikat ist abgelaufen, oder die Uhr dieses Computers geht vor',
    CERT_NOT_YET_VALID: 'das Zertifikat gilt noch nicht; vielleicht geht die Uhr dieses Computers nach',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'keine vertrauenswürdige Stelle hat das Zertifikat signiert',
    SELF_SIGNED_CERT_IN_CHAIN: 'keine vertrauenswürdige Stelle hat das Zertifikat signiert',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'keine vertrauenswürdige Stelle hat das Zertifikat signiert',
    ERR_TLS_CERT_ALTNAME_INVALID: 'das Zertifikat gilt für einen anderen Namen',
    PROXY_UNSUPPORTED: 'der Proxy in HTTPS_PROXY oder ALL_PROXY ist keine http- oder https-Adresse',
    PROXY_PASSWORD:
      'das Passwort des Proxys enthält %, #, / oder ?; schreiben Sie dafür %25, %23, %2F und %3F',
    PROXY_407: 'der Proxy verlangt Name und Passwort, oder lehnte sie ab',
    'not-a-file': 'es ist keine Datei',
    'not-the-coordinator': 'eine Webseite antwortete, vielleicht die Anmeldeseite dieses Netzwerks',
    'redirect-refused': 'die Adresse leitet auf eine andere weiter',
    'insecure-url': 'die Adresse ist nicht verschlüsselt',
    'invalid-url': 'die Adresse ist keine Webadresse',
    'body-too-large': 'die Antwort war zu lang',
    not_staked: 'für diesen Knoten ist kein Stake hinterlegt',
    in_cooldown: 'der Stake wird gerade aufgelöst',
    stale_timestamp: 'die Zeit in der Nachricht weicht zu weit ab',
    bad_signature: 'die Signatur wurde nicht angenommen',
    tier_mismatch: 'die Hardware passt nicht zur registrierten Stufe',
    rpc_error: 'das Netzwerk kann die Blockchain gerade nicht lesen',
    refused: 'abgelehnt',
    rejected: 'es gehört einem anderen Benutzer',
    busy: 'es wartet noch auf eine frühere Antwort',
    'service-died': 'das Programm dahinter wurde beendet',
    'keyring-library': 'der Programmteil, der ihn öffnet, ließ sich nicht laden',
    'keyring-failed': 'er meldete einen Fehler',
    'readable-by-others': 'andere auf diesem Computer könnten es lesen',
    'stored-twice': 'es ist dort doppelt gespeichert; löschen Sie eines, wenn beide gleich sind',
    'listed-not-given': 'der Eintrag ist aufgeführt, wurde aber nicht herausgegeben',
    'read-back-differs': 'das Gespeicherte las sich anders zurück',
    'not-deleted': 'der Eintrag ist nach dem Löschen noch da',
    EADDRINUSE: 'ein anderes Programm nutzt diese Adresse',
    'not-answering': 'es läuft, antwortet aber nicht',
    'stopped-on-request': 'es wurde auf Wunsch angehalten',
    'ended-from-outside': 'ein anderes Programm hat es beendet',
    'own-service': 'der Ollama-Dienst des Systems ist installiert und läuft nicht',
    'deadline-exceeded': 'keine Antwort vor der Frist',
    'ollama-died': 'Ollama hat die Verbindung getrennt',
    'ollama-answer-invalid': 'ungültige Antwort von Ollama',
    'unexpected error': 'ein unerwarteter Fehler',
    'model-needs-memory': 'zu wenig freier Speicher',
    'driven-out': 'andere Modelle haben seinen Speicher belegt',
    'no-address': 'keine Desktop-Sitzung',
    'no-secret-service': 'kein Schlüsselbund auf diesem Computer',
    'keychain-no-session': 'keine Desktop-Sitzung',
    'keychain-not-installed': 'kein Schlüsselbund auf diesem Computer',
    'keychain-denied': 'der Zugriff wurde abgelehnt',
    'keychain-empty': 'darin ist kein Schlüsselring offen',
    'keychain-changed': 'es ist nicht der, in dem der Schlüssel gespeichert wurde',
    'keychain-not-answering': 'er antwortet nicht',
  },
  values: {
    ...germanFileReasonsWithValue,
    ...germanProgramReasonsWithValue,
    'official-not-started': (reason) =>
      `Jetzt läuft keiner, denn der offizielle Client ließ sich nicht wieder starten: ${describeReason(reason)}`,
    'ended-with': (reason) => `es wurde beendet (${describeReason(reason)})`,
    'own-node-ended': (reason) => `dieser Knoten endete von selbst (${describeReason(reason)})`,
    'no-own-heartbeat': (value) => {
      const [ms = '', reason = ''] = value.split(/, (.*)/s);
      const why = reason === '' ? '' : ` (${describeReason(reason)})`;
      return `kein Lebenszeichen dieses Knotens innerhalb von ${formatDuration(Number(ms))} angenommen${why}`;
    },
  },
  systemCode: (code) => `Fehler ${code}`,
  unknownCode: (code) => `unbekannter Grund „${code}“`,
  quote: (text) => `„${text}“`,
};

export const germanFailures: Readonly<Record<FailureTextCode, string>> = {
  'request-invalid': 'die Anfrage war nicht verständlich',
  'prompt-too-large': 'die Anfrage war zu lang',
  'queue-full': 'zu viele Anfragen warteten',
  'deadline-exceeded': 'es dauerte zu lange',
  'model-needs-memory': 'zu wenig Speicher für das Modell',
  'model-not-installed': 'das Modell ist nicht installiert',
  'context-overflow': 'länger, als das Modell lesen kann',
  'result-empty': 'das Modell gab eine leere Antwort',
  'result-too-large': 'die Antwort war zu lang',
  'ollama-unreachable': 'Ollama antwortete nicht',
  'ollama-died': 'Ollama hat die Verbindung getrennt',
  'ollama-error': 'Ollama meldete einen Fehler',
  'ollama-answer-invalid': 'ungültige Antwort von Ollama',
  cancelled: 'abgebrochen',
  'node-stopping': 'der Knoten hielt gerade an',
  'node-restarted': 'der Knoten wurde neu gestartet',
  'disk-full': 'der Datenträger ist voll',
  'attempts-exhausted': 'zu viele Versuche',
  'internal-error': 'im Programm ging etwas schief',
};

/** Why a model that is here doesn't serve. */
export const germanNotServable: Readonly<Record<NotServableCode, string>> = {
  embedding: 'für Embeddings, nicht für Text',
  cloud: 'läuft auf fremden Computern',
  'no-completion': 'beantwortet keine Eingaben',
  'needs-memory': 'zu wenig Speicher',
  failing: 'Ollama meldet Fehler dafür',
};

/** To follow "wahrscheinliche Ursache". */
export const germanGpuCauses: Readonly<Record<GpuUnusedCause, string>> = {
  driver: 'ihr Treiber arbeitet nicht richtig',
  'memory-in-use': 'ihren Speicher nutzen andere Programme',
  'cpu-only-build': 'dieses Ollama kam ohne seine GPU-Teile',
  'device-hidden':
    'sie ist vor Ollama verborgen (CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES oder HIP_VISIBLE_DEVICES)',
};
