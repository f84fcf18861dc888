import { oldestNvidiaDriver } from '../hardware/findings.ts';
import { describeReason } from '../reasons/reason-text.ts';
import type { FindingTexts } from '../texts/hardware-text.ts';
import { type Problem, problem } from '../texts/problem.ts';

/** What the tool printed is quoted. */
const said = (detail: string) => (detail === '' ? '' : `: ${describeReason(detail)}`);
const notCounted = 'Diese GPU zählt nicht.';
const noneCounted = 'Ihre GPUs zählen nicht, und Modelle können sie nicht nutzen.';
const updateDriver = 'Aktualisieren Sie den Treiber, dann suchen Sie erneut.';
const restart = 'Starten Sie den Computer neu, dann suchen Sie erneut.';
const modelsOnCpu = 'aber Modelle laufen vielleicht auf der CPU, und Antworten können ihre Frist verpassen.';

/** What a probe found: what it is, what it means for earning, and what to do. */
export const germanHardware: FindingTexts = {
  'tool-failed': (tool, detail) =>
    problem(
      `${tool} ist installiert und gescheitert${said(detail)}.`,
      'Eine GPU dieser Art in diesem Computer zählt nicht.',
      'Beheben Sie den Treiberfehler, dann suchen Sie erneut.',
    ),
  'tool-timed-out': (tool, detail) =>
    problem(
      `${tool} hat nicht geantwortet${said(detail)}. Vielleicht hängt der Treiber.`,
      notCounted,
      restart,
    ),
  'tool-output-too-large': unreadable,
  'tool-output-unreadable': unreadable,
  'tool-not-permitted': (tool, detail) =>
    problem(
      `${tool} darf die Hardware nicht lesen${said(detail)}. In einem Container oder einer MIG-Instanz ist das üblich.`,
      'Was es nicht sieht, zählt nicht.',
      `Sonst erlauben Sie diesem Benutzer, ${tool} auszuführen. Suchen Sie dann erneut.`,
    ),
  'memory-not-reported': (tool, detail) =>
    tool === 'i915' || tool === 'xe'
      ? problem(
          `${detail} meldet seinem Treiber ${tool} keinen Speicher. Linux meldet ihn für Intel-GPUs noch nicht.`,
          'Das schadet nicht: Das Netzwerk zählt Intel-GPUs nach seiner Regel nicht.',
          null,
        )
      : problem(
          `${detail || 'Die GPU'} meldet ${tool} keinen Speicher.`,
          'Eine GPU mit unbekanntem Speicher ergibt höchstens Stufe 2. Chips mit gemeinsamem Speicher wie GB10 oder Jetson melden ihn nie.',
          'Bei einer Grafikkarte aktualisieren Sie den Treiber und suchen Sie erneut.',
        ),
  'driver-not-loaded': (tool, detail) =>
    problem(
      `${tool} ist installiert, aber sein Treiber läuft nicht${said(detail)}.`,
      noneCounted,
      'Starten Sie den Computer neu. Hilft das nicht, installieren Sie den Treiber neu und suchen Sie erneut.',
    ),
  'driver-mismatch': (_tool, detail) =>
    problem(
      `Der NVIDIA-Treiber wurde aktualisiert, und der alte läuft noch${said(detail)}.`,
      noneCounted,
      restart,
    ),
  'driver-too-old': (_tool, detail) =>
    problem(
      `Der NVIDIA-Treiber ${detail} ist zu alt für das heutige Ollama. Es braucht ${oldestNvidiaDriver} oder neuer.`,
      `Ihre Stufe zählt, ${modelsOnCpu}`,
      'Aktualisieren Sie den Treiber.',
    ),
  'card-lost': (_tool, detail) =>
    problem(
      `Eine GPU antwortet ihrem Treiber nicht mehr${said(detail)}.`,
      'Sie zählt nicht.',
      'Starten Sie den Computer neu. Fällt sie wieder aus, prüfen Sie Stromversorgung und Temperatur.',
    ),
  'gpu-not-started': (_tool, detail) =>
    problem(
      `Der NVIDIA-Treiber läuft, startet aber keine GPU${said(detail)}.`,
      'Eine GPU in diesem Computer zählt nicht.',
      'Aktualisieren Sie den Treiber, oder prüfen Sie, ob er diese GPU noch unterstützt. Suchen Sie dann erneut.',
    ),
  'gpu-access-blocked': (_tool, detail) =>
    problem(
      `Dieser Container darf seine GPU nicht nutzen${said(detail)}.`,
      'Die GPU zählt nicht.',
      'Geben Sie dem Container Zugriff darauf, dann suchen Sie erneut.',
    ),
  'gpu-lost-in-container': (_tool, detail) =>
    problem(
      `Dieser Container hat seine GPU verloren${said(detail)}.`,
      'Die GPU zählt nicht.',
      'Starten Sie den Container neu, dann suchen Sie erneut.',
    ),
  'jetson-without-tool': (_tool, detail) =>
    problem(
      `${detail} hat eine GPU, aber nvidia-smi ist nicht installiert.`,
      'Die GPU zählt nicht.',
      'Aktualisieren Sie auf JetPack 6 oder neuer, dann suchen Sie erneut.',
    ),
  'intel-build-on-apple-silicon': () =>
    problem(
      'Dies ist die Intel-Version, und Ihr Mac hat Apple Silicon.',
      'Seine GPU zählt nicht.',
      'Installieren Sie die Version für Apple Silicon, dann suchen Sie erneut.',
    ),
  'tool-warning': (tool, detail) =>
    problem(
      `${tool} warnt vor einer GPU, die funktioniert${said(detail)}.`,
      'Sie zählt.',
      'Prüfen Sie die GPU bei Gelegenheit.',
    ),
  'gpu-without-driver': (driver, gpu) => withoutDriver(driver, gpu),
  'mig-enabled': (_tool, detail) =>
    problem(
      `${detail} ist in MIG-Instanzen geteilt.`,
      'Sie zählt als eine GPU mit ihrem ganzen Speicher. Ollama nutzt eine Instanz, deren Größe nicht gemeldet wird.',
      'Um die ganze GPU zu nutzen, schalten Sie MIG aus.',
    ),
  partitioned: (_tool, detail) =>
    problem(
      `${detail}: Der Beschleuniger ist in Partitionen geteilt.`,
      'Er zählt als eine GPU.',
      'Damit ein Modell alles nutzen kann, setzen Sie seine Rechenpartition auf SPX.',
    ),
  'virtual-gpu': (_tool, detail) =>
    problem(
      `${detail} ist der Ersatz einer virtuellen Maschine für eine GPU.`,
      `Er zählt, ${modelsOnCpu}`,
      'Betreiben Sie den Knoten auf dem Mac selbst.',
    ),
  'wsl-nvidia-only': () =>
    problem(
      'WSL zeigt nur NVIDIA-GPUs, und es wurde keine gefunden.',
      'Eine GPU eines anderen Herstellers zählt nur unter Linux selbst.',
      'Gibt es eine NVIDIA-GPU, aktualisieren Sie ihren Windows-Treiber und suchen Sie erneut.',
    ),
  'chosen-card-missing': (_tool, detail) =>
    problem(
      `Die GPU ${detail} ist in den Einstellungen gewählt, fehlt aber.`,
      'Sie zählt nicht.',
      'Wählen Sie eine GPU aus der Liste.',
    ),
};

function unreadable(tool: string, detail: string): Problem {
  return problem(`${tool} hat unlesbar geantwortet${said(detail)}.`, notCounted, updateDriver);
}

/** A GPU on the bus, by the driver that is bound to it. */
function withoutDriver(driver: string, gpu: string): Problem {
  const here = `${gpu} ist in diesem Computer`;
  const then = 'starten Sie den Computer neu und suchen Sie erneut.';
  switch (driver) {
    case 'none':
      return problem(
        `${here}, hat aber keinen Treiber.`,
        notCounted,
        `Installieren Sie ihren Treiber, ${then}`,
      );
    case 'nouveau':
      return problem(
        `${here}, aber ihr Treiber nouveau kann keine Modelle ausführen.`,
        notCounted,
        `Installieren Sie den Treiber von NVIDIA, ${then}`,
      );
    case 'vfio-pci':
      return problem(
        `${here}, ist aber für eine virtuelle Maschine reserviert.`,
        'Hier zählt sie nicht.',
        'Betreiben Sie den Knoten in jener Maschine, oder geben Sie die GPU an dieses System zurück.',
      );
    case 'nvidia':
      return problem(
        `${here} und hat ihren Treiber, aber nvidia-smi zeigt sie nicht.`,
        notCounted,
        'Reichen Sie die GPU an den Container weiter. Sonst installieren Sie nvidia-smi aus dem Paket des Treibers.',
      );
    case 'amdgpu':
    case 'i915':
    case 'xe':
      return problem(
        `${here} und hat ihren Treiber ${driver}, ist aber von hier nicht erreichbar.`,
        notCounted,
        'In einem Container reichen Sie die GPU an ihn weiter.',
      );
    default:
      return problem(
        `${here}, aber ihr Treiber ${driver} kann keine Modelle ausführen.`,
        notCounted,
        `Installieren Sie den Treiber des Herstellers, ${then}`,
      );
  }
}
