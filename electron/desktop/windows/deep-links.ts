import { app } from 'electron';
import type { Page } from '../../../shared/contract/app.ts';
import { deepLinkScheme, pageInArguments, pageOfDeepLink } from './deep-link-page.ts';

/** Receives deep links from before the app is ready: macOS sends an event, other systems start it once more. */
export function listenForDeepLinks({ args }: { args: readonly string[] }): {
  onPage: (listener: (page: Page) => void) => void;
} {
  let listener: ((page: Page) => void) | null = null;
  let early = pageInArguments(args);
  const receive = (page: Page | null) => {
    if (page === null) return;
    if (listener) listener(page);
    else early = page;
  };
  app.on('open-url', (event, url) => {
    event.preventDefault();
    receive(pageOfDeepLink(url));
  });
  app.on('second-instance', (_event, argv) => receive(pageInArguments(argv)));
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
