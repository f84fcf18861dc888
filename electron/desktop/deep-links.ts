import { app } from 'electron';
import { type Page, pages } from '../../shared/contract/app.ts';

/** Registered with the system; opens a page and does nothing else. */
export const deepLinkScheme = 'parallelix-operator';

const longestCharacters = 64;

/**
 * The page that a deep link names: `parallelix-operator://earnings`, with a slash at its end or not.
 * Whoever wrote the link is a stranger: anything more than a page's name makes it none of ours.
 */
export function pageOfDeepLink(text: string): Page | null {
  if (text.length > longestCharacters) return null;
  const found = /^parallelix-operator:\/\/([a-z]+)\/?$/.exec(text);
  return pages.find((page) => page === found?.[1]) ?? null;
}

/** The first deep link in a command line, as a second launch hands it over. */
export function pageInArguments(args: readonly string[]): Page | null {
  for (const argument of args) {
    if (argument.startsWith(`${deepLinkScheme}:`)) return pageOfDeepLink(argument);
  }
  return null;
}

/** Hears of deep links from before the app is ready: macOS sends an event, other systems start it once more. */
export function listenForDeepLinks({ args }: { args: readonly string[] }): {
  onPage: (listener: (page: Page) => void) => void;
} {
  let listener: ((page: Page) => void) | null = null;
  let early = pageInArguments(args);
  const hear = (page: Page | null) => {
    if (page === null) return;
    if (listener) listener(page);
    else early = page;
  };
  app.on('open-url', (event, url) => {
    event.preventDefault();
    hear(pageOfDeepLink(url));
  });
  app.on('second-instance', (_event, argv) => hear(pageInArguments(argv)));
  // An app that is not installed would register the program that it was started with.
  if (app.isPackaged) app.setAsDefaultProtocolClient(deepLinkScheme);
  return {
    onPage(wanted) {
      listener = wanted;
      if (early !== null) wanted(early);
      early = null;
    },
  };
}
