/** Ollama runs OLLAMA_NUM_PARALLEL generations at once; the others wait their turn. */
export interface Slots {
  /** Resolves with the function that gives the slot back, or null if `gone` aborted while waiting. */
  take(gone: AbortSignal): Promise<(() => void) | null>;
}

export function createSlots(parallel: number): Slots {
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
        queue.push(start);
        gone.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
