/** Ollama runs OLLAMA_NUM_PARALLEL generations at once; the others wait their turn. */
export interface Slots {
  /** Resolves with the function that gives the slot back, null if `gone` aborted while waiting, `full` where too many wait. */
  take(gone: AbortSignal): Promise<(() => void) | null | 'full'>;
}

/** @param mostWaiting `OLLAMA_MAX_QUEUE`, 512 unless given */
export function createSlots(parallel: number, mostWaiting = 512): Slots {
  let taken = 0;
  const queue: (() => void)[] = [];

  function giveBack(): void {
    taken -= 1;
    queue.shift()?.();
  }

  return {
    take(gone) {
      return new Promise((resolve) => {
        const start = () => {
          gone.removeEventListener('abort', leave);
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
          resolve(null);
        };
        if (gone.aborted) return resolve(null);
        if (taken < parallel) return start();
        if (queue.length >= mostWaiting) return resolve('full');
        queue.push(start);
        gone.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
