import { type CatalogueEntry, catalogueEntry } from '../daemon/ollama/catalogue.ts';

interface Memory {
  gpu: string | null;
  vramGb: number | null;
  ramGb: number;
}

/** GB of memory that the network's rule gives to a model on this machine. [network.md 11] */
export function modelBudgetGb({ gpu, vramGb, ramGb }: Memory): number {
  return gpu === null ? ramGb * 0.5 : (vramGb ?? 0) * 0.9;
}

export function fits(entry: CatalogueEntry, hardware: Memory): boolean {
  return entry.fitGb <= modelBudgetGb(hardware);
}

/** Null for a model outside the catalogue: nothing is known of its needs. */
export function installedFits(name: string, hardware: Memory): boolean | null {
  const entry = catalogueEntry(name);
  return entry === null ? null : fits(entry, hardware);
}
