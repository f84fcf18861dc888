/** What a press was meant for: a button by its words, on the page where it was. */
interface Meant {
  control: Element | null;
  words: string;
  place: string;
}

function meantBy(target: EventTarget | null): Meant {
  const control = target instanceof Element ? target.closest('button, a, summary') : null;
  const words = control?.getAttribute('aria-label') ?? control?.textContent ?? '';
  return { control, words, place: location.hash };
}

/**
 * The second press of a double click does nothing where something else has come under the pointer: Resume where
 * Cancel was, Start for Stop, the next step's Continue, a button below a dialog that closed. What is pressed often,
 * as the steps of a number, is still the same and is pressed as often.
 */
export function ignoreStrayPresses(document: Document): void {
  let first = meantBy(null);
  document.addEventListener(
    'mousedown',
    (event) => {
      if (event.detail <= 1) first = meantBy(event.target);
    },
    true,
  );
  document.addEventListener(
    'click',
    (event) => {
      if (event.detail <= 1) return;
      const now = meantBy(event.target);
      if (now.control === null) return;
      if (now.control === first.control && now.words === first.words && now.place === first.place) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
