/** What a press was meant for: a button by its words, on the page where it was. */
interface Meant {
  control: Element | null;
  words: string;
  place: string;
  atMs: number;
}

/** No double click of any system is slower. */
const longestDoubleClickMs = 1000;

function meantBy({ target, timeStamp }: Pick<Event, 'target' | 'timeStamp'>): Meant {
  const control = target instanceof Element ? target.closest('button, a, summary, input, select') : null;
  const words = control?.getAttribute('aria-label') ?? control?.textContent ?? '';
  return { control, words, place: location.hash, atMs: timeStamp };
}

/**
 * The second press of a double click does nothing where something else has come under the pointer: Resume where
 * Cancel was, Start for Stop, the next step's Continue, a button below a dialog that closed. What is pressed often,
 * as the steps of a number, is still the same and is pressed as often.
 */
export function ignoreStrayPresses(document: Document): void {
  let first = meantBy({ target: null, timeStamp: 0 });
  document.addEventListener(
    'mousedown',
    (event) => {
      // The first press of a double click may only have brought the window to the front: then this is the first here.
      if (event.detail <= 1 || event.timeStamp - first.atMs > longestDoubleClickMs) first = meantBy(event);
    },
    true,
  );
  document.addEventListener(
    'click',
    (event) => {
      if (event.detail <= 1) return;
      const now = meantBy(event);
      if (now.control === null || first.control === null) return;
      if (now.control === first.control && now.words === first.words && now.place === first.place) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
