/** Lets a few things happen at a time, in the order in which they became due. */
export interface Turns<Item> {
  /** `item` is due. */
  add(item: Item): void;
  remove(item: Item): void;
  clear(): void;
}

/** @param start never rejects */
export function createTurns<Item>(
  options: { atOnce: number },
  modules: { start: (item: Item) => Promise<void> },
): Turns<Item> {
  const due = new Set<Item>();
  let going = 0;

  function startNext(): void {
    for (const item of due) {
      if (going >= options.atOnce) return;
      going += 1;
      void modules.start(item).finally(() => {
        going -= 1;
        startNext();
      });
    }
  }

  return {
    add(item) {
      due.add(item);
      startNext();
    },
    remove: (item) => void due.delete(item),
    clear: () => due.clear(),
  };
}
