import type { Logger } from '../logging/logger.ts';
import type { Clock, Timer } from '../system/clock.ts';
import type { Card } from './card.ts';
import { openTree, type Root } from './file-tree.ts';
import { type CardFigures, cardKey, type Load, noFigures } from './load.ts';
import { createNvidiaLoad, type NvidiaFigures } from './nvidia-load.ts';
import type { HardwareProbe } from './probe.ts';
import { powerBetween, readSysfsLoad } from './sysfs-load.ts';

/** Live figures of the cards, read only while somebody watches. */
export interface Telemetry {
  /** Null while nobody watches, and while no card says anything: never figures that are old. */
  readonly current: Load | null;
  /** Somebody watches for the next `forMs`; returns until when figures are read, Unix ms. */
  watch(forMs: number): number;
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}

const defaultIntervalMs = 2000;
/** Figures older than so many intervals are not shown. */
const freshIntervals = 3;

interface Said {
  figures: CardFigures;
  /** Unix ms, for showing. */
  atMs: number;
  /** By a clock that nobody can set and that goes on in sleep, for judging. */
  sinceBootMs: number;
}

/**
 * NVIDIA cards through one program that goes on printing, AMD and Intel cards from the kernel's files. An Apple GPU
 * reports its figures to root only, so it is in the list with nothing known. What is not there is not looked for:
 * which cards there are comes from the probe.
 */
export function createTelemetry(
  options: { env: NodeJS.ProcessEnv; root?: Root; intervalMs?: number },
  modules: { hardware: () => HardwareProbe; clock: Clock; log: Logger },
): Telemetry {
  const { env, root = '/', intervalMs = defaultIntervalMs } = options;
  const { hardware, clock, log } = modules;
  const tree = openTree(root);
  const listeners: (() => void)[] = [];
  const said = new Map<string, Said>();
  const meters = new Map<string, { microjoules: number; atMs: number }>();
  const nvidia = createNvidiaLoad({ env, intervalMs }, { clock, log, onFigures: receive });
  let untilSinceBootMs: number | null = null;
  let timer: Timer | null = null;
  let readingFiles = false;
  let stopped = false;

  const isWatched = () => untilSinceBootMs !== null && clock.sinceBootMs() < untilSinceBootMs;
  const cardsOf = (...vendors: Card['vendor'][]) =>
    hardware().cards.filter(({ vendor }) => vendors.includes(vendor));

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function note(card: Card, figures: CardFigures): void {
    said.set(cardKey(card), { figures, atMs: clock.now(), sinceBootMs: clock.sinceBootMs() });
  }

  function receive({ uuid, pciAddress, figures }: NvidiaFigures): void {
    const cards = cardsOf('nvidia');
    const card =
      cards.find((one) => one.uuid !== null && one.uuid === uuid) ??
      cards.find((one) => one.pciAddress !== null && one.pciAddress === pciAddress);
    if (card === undefined || !isWatched()) return;
    note(card, figures);
    changed();
  }

  /** One read at a time: a file of a hung card may never be read to its end. */
  async function readFiles(): Promise<void> {
    const cards = cardsOf('amd', 'intel').filter(({ pciAddress }) => pciAddress !== null);
    if (readingFiles || cards.length === 0) return;
    readingFiles = true;
    for (const card of cards) {
      const { energyMicrojoules, ...figures } = await readSysfsLoad(tree, card.pciAddress ?? '');
      if (!isWatched()) break;
      const powerWatts = figures.powerWatts ?? meteredPower(cardKey(card), energyMicrojoules);
      if (Object.values({ ...figures, powerWatts }).some((value) => value !== null))
        note(card, { ...figures, powerWatts });
    }
    readingFiles = false;
    if (isWatched()) changed();
  }

  function meteredPower(key: string, microjoules: number | null): number | null {
    if (microjoules === null) return null;
    const now = { microjoules, atMs: clock.monotonicMs() };
    const before = meters.get(key);
    meters.set(key, now);
    return before === undefined ? null : powerBetween(before, now);
  }

  function refresh(): void {
    timer?.cancel();
    if (stopped) return;
    if (!isWatched()) return end();
    if (cardsOf('nvidia').length > 0) nvidia.start();
    else nvidia.stop();
    void readFiles();
    if (forgetOld()) changed();
    const leftMs = (untilSinceBootMs ?? 0) - clock.sinceBootMs();
    timer = clock.after(Math.min(intervalMs, leftMs), refresh);
  }

  function isFresh({ sinceBootMs }: Said): boolean {
    return clock.sinceBootMs() - sinceBootMs <= freshIntervals * intervalMs;
  }

  function forgetOld(): boolean {
    const old = [...said].filter(([, one]) => !isFresh(one));
    for (const [key] of old) said.delete(key);
    return old.length > 0;
  }

  function end(): void {
    timer?.cancel();
    untilSinceBootMs = null;
    nvidia.stop();
    said.clear();
    meters.clear();
    changed();
  }

  return {
    get current() {
      if (!isWatched()) return null;
      const cards = hardware().cards.map((card) => ({ key: cardKey(card), said: said.get(cardKey(card)) }));
      const fresh = cards.flatMap((card) => (card.said && isFresh(card.said) ? [card.said] : []));
      if (fresh.length === 0) return null;
      return {
        asOfMs: Math.min(...fresh.map(({ atMs }) => atMs)),
        cards: cards.map((card) => ({
          card: card.key,
          ...(card.said && isFresh(card.said) ? card.said.figures : noFigures),
        })),
      };
    },
    watch(forMs) {
      if (stopped) return clock.now();
      const untilMs = clock.sinceBootMs() + forMs;
      const wasWatched = isWatched();
      untilSinceBootMs = Math.max(untilMs, untilSinceBootMs ?? untilMs);
      if (!wasWatched) refresh();
      return Math.round(clock.now() + untilSinceBootMs - clock.sinceBootMs());
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      if (stopped) return;
      end();
      stopped = true;
    },
  };
}

/**
 * Memory of the cards that models may use and nobody uses now, bytes: of the same cards as the model budget. What the
 * driver keeps for itself counts as free. Null where that is not known, and where models do not run in a card's own memory.
 */
export function freeVramBytes(load: Load | null, { cards, modelBudget }: HardwareProbe): number | null {
  const deciding = cards.find(({ counts }) => counts);
  if (load === null || deciding === undefined || modelBudget.basis !== 'vram') return null;
  let freeBytes = 0;
  for (const card of cards) {
    if (!card.counts || card.vendor !== deciding.vendor || card.kind === 'integrated') continue;
    const usedBytes = load.cards.find((one) => one.card === cardKey(card))?.vramUsedBytes ?? null;
    if (card.vramBytes === null || usedBytes === null) return null;
    freeBytes += Math.max(0, card.vramBytes - usedBytes);
  }
  return freeBytes;
}
