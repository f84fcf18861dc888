import { type Page, pages } from '../../../shared/contract/app.ts';

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
