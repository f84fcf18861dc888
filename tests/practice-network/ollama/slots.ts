/** Ollama runs OLLAMA_NUM_PARALLEL generations at once; the others wait their turn. */
export interface Slots {
  /**
   * Resolves with the function that gives the slot back, null if `gone` aborted while waiting, `full` where too many wait
   * for a load; for a model that is in memory any number waits.
   */
  take(gone: AbortSignal, inMemory: boolean): Promise<(() => void) | null | 'full'>;
}

/** @param mostWaiting `OLLAMA_MAX_QUEUE`, 512 unless given */
export function createSlots(parallel: number, mostWaiting = 512): Slots {
  let taken = 0;
  const queue: (() => void)[] = [];
  const loads = new Set<() => void>();

  function giveBack(): void {
    taken -= 1;
    queue.shift()?.();
  }

  return {
    take(gone, inMemory) {
      return new Promise((resolve) => {
        const start = () => {
          gone.removeEventListener('abort', leave);
          loads.delete(start);
          taken += 1;
          let held = true;
          resolve(() => {
            if (held) giveBack();
            held = false;
          });
        };
        const leave = () => {
          const place = queue.indexOf(start);
          if (place >= 0) queue.splice(place, 1);
          loads.delete(start);
          resolve(null);
        };
        if (gone.aborted) return resolve(null);
        if (taken < parallel) return start();
        if (!inMemory && loads.size >= mostWaiting) return resolve('full');
        if (!inMemory) loads.add(start);
        queue.push(start);
        gone.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
