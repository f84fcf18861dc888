import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { screen } from 'electron';
import * as z from 'zod';

const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1).max(100_000),
  height: z.int().min(1).max(100_000),
});
export type Bounds = z.infer<typeof boundsSchema>;

export const minimumSize = { minWidth: 900, minHeight: 600 } as const;
/** So much of a title bar has to be on a screen for a hand to reach it. */
const reachable = { width: 100, height: 30 };

export interface BoundsBook {
  /** Where a window was, if that still is on a screen; null otherwise. */
  of(name: string): Bounds | null;
  keep(name: string, bounds: Bounds): void;
}

/** Where windows stood when they were closed. A matter of convenience: what cannot be read or written is left out. */
export function createBoundsBook({ file }: { file: string }): BoundsBook {
  const read = (): Record<string, Bounds> => {
    try {
      return z.record(z.string(), boundsSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return {};
    }
  };
  return {
    of(name) {
      const bounds = read()[name];
      return bounds && isReachable(bounds) ? bounds : null;
    },
    keep(name, bounds) {
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, JSON.stringify({ ...read(), [name]: bounds }));
      } catch {
        // The window opens in the middle next time.
      }
    },
  };
}

/** A monitor may have gone since. */
function isReachable({ x, y, width }: Bounds): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const across = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    const below = workArea.y + workArea.height - y;
    return across >= reachable.width && y >= workArea.y && below >= reachable.height;
  });
}
