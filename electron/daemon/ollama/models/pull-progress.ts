import type { PullReport } from '../../../../shared/contract/ollama.ts';
import type { Clock } from '../../system/clock.ts';

/** How far a pull is, and how fast; bytes. */
export interface PullProgress {
  /** What all layers together will be, once the registry has said. */
  expect(totalBytes: number): void;
  /** What they should come to, by what is published elsewhere; never shown as a total. */
  estimate(bytes: number): void;
  /** Takes in where a layer stands; true when that is further than before. */
  note(layer: { digest: string; totalBytes: number; completedBytes: number }): boolean;
  /** Everything is here: Ollama says nothing of the last bytes of a layer, and of small layers nothing certain. */
  complete(): void;
  /** What came was thrown away. */
  discard(): void;
  /** An interruption: what was measured of the speed counts no longer. */
  interrupt(): void;
  /** Of the layers that Ollama has named so far, which may not be all. */
  readonly namedBytes: number;
  readonly completedBytes: number;
  /** What is still to come, as far as it is known. */
  readonly remainingBytes: number;
  figures(): Pick<
    PullReport,
    'totalBytes' | 'estimatedBytes' | 'completedBytes' | 'bytesPerSecond' | 'leftMs' | 'layers'
  >;
}

/** The speed is that of the last seconds: long enough not to jump, short enough to follow the line. */
const speedWindowMs = 10_000;
const shortestWindowMs = 1000;
const betweenSamplesMs = 250;

export function createPullProgress({ clock }: { clock: Clock }): PullProgress {
  const layers = new Map<string, { totalBytes: number; completedBytes: number }>();
  let samples: { atMs: number; bytes: number }[] = [];
  let expectedBytes: number | null = null;
  let publishedBytes: number | null = null;

  const sum = (of: 'totalBytes' | 'completedBytes') =>
    [...layers.values()].reduce((bytes, layer) => bytes + layer[of], 0);

  function sample(): void {
    const atMs = clock.monotonicMs();
    const last = samples.at(-1);
    if (last && atMs - last.atMs < betweenSamplesMs) return;
    samples = samples.filter((one) => atMs - one.atMs <= speedWindowMs);
    samples.push({ atMs, bytes: sum('completedBytes') });
  }

  /** Null until there is enough to say. */
  function speed(): number | null {
    const [first] = samples;
    if (!first) return null;
    const ms = clock.monotonicMs() - first.atMs;
    if (ms < shortestWindowMs) return null;
    return Math.max(0, ((sum('completedBytes') - first.bytes) / ms) * 1000);
  }

  return {
    expect(totalBytes) {
      expectedBytes = totalBytes;
    },
    estimate(bytes) {
      publishedBytes = bytes;
    },
    note({ digest, totalBytes, completedBytes }) {
      const before = layers.get(digest);
      layers.set(digest, { totalBytes, completedBytes });
      const grown = completedBytes > (before?.completedBytes ?? 0);
      // What was here before this pull is no measure of its speed.
      if (before === undefined) samples = [];
      sample();
      return grown;
    },
    complete() {
      for (const [digest, { totalBytes }] of layers)
        layers.set(digest, { totalBytes, completedBytes: totalBytes });
    },
    discard() {
      layers.clear();
      samples = [];
    },
    interrupt() {
      samples = [];
    },
    get namedBytes() {
      return sum('totalBytes');
    },
    get completedBytes() {
      return sum('completedBytes');
    },
    get remainingBytes() {
      return Math.max(0, (expectedBytes ?? sum('totalBytes')) - sum('completedBytes'));
    },
    figures() {
      const bytesPerSecond = speed();
      const completedBytes = sum('completedBytes');
      const totalBytes = expectedBytes;
      const left = totalBytes === null ? null : Math.max(0, totalBytes - completedBytes);
      return {
        totalBytes,
        // Layers may come to more than was published, and then that is the better estimate.
        estimatedBytes:
          totalBytes !== null || publishedBytes === null ? null : Math.max(publishedBytes, sum('totalBytes')),
        completedBytes,
        bytesPerSecond,
        leftMs: left === null || !bytesPerSecond ? null : Math.round((left / bytesPerSecond) * 1000),
        layers: [...layers].map(([digest, layer]) => ({ digest, ...layer })),
      };
    },
  };
}
