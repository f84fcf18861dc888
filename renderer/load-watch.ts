import { useEffect } from 'react';
import type { Snapshot } from './bridge.ts';
import { useStore } from './hooks.ts';

type HardwareReport = Snapshot['hardware'];
type Card = HardwareReport['cards'][number];
export type Load = NonNullable<HardwareReport['load']>['cards'][number];

const watchForMs = 15_000;

/** Keeps the live figures coming while the page is seen; a daemon that cannot is not asked again and again. */
export function useLoadWatch(): void {
  const { ask } = useStore();
  useEffect(() => {
    let timer = 0;
    let here = true;
    const watch = async () => {
      const able = document.hidden || (await ask('hardware.watch', { forMs: watchForMs })).ok;
      if (here && able) timer = window.setTimeout(() => void watch(), watchForMs / 2);
    };
    void watch();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [ask]);
}

export function loadOf(card: Card, loads: readonly Load[]): Load | null {
  const names = [card.uuid, card.pciAddress, card.name];
  return loads.find((load) => names.includes(load.card)) ?? null;
}
