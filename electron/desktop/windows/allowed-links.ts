import { consoleUrl, documentationUrl, explorerUrl } from '../../../shared/links.ts';

/** A web page that may be opened outside: an exact origin, and how its path begins. */
interface AllowedLink {
  origin: string;
  path: string;
}

const consoleHost = new URL(consoleUrl).host;

/** Everything that this app ever opens in a browser. */
const allowedLinks: readonly AllowedLink[] = [
  { origin: consoleUrl, path: '/' },
  { origin: new URL(documentationUrl).origin, path: '/' },
  // The Console inside the wallet's own browser.
  { origin: 'https://link.metamask.io', path: `/dapp/${consoleHost}/` },
  { origin: explorerUrl, path: '/tx' },
  { origin: 'https://ollama.com', path: '/download' },
];

/** The link as it is opened, or null when it is none of ours. Judged by its parts, never as text. */
export function allowedLink(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const allowed = allowedLinks.some(({ origin, path }) => {
    const within = path.endsWith('/') ? url.pathname.startsWith(path) : isOrIsUnder(url.pathname, path);
    return url.protocol === 'https:' && url.origin === origin && within;
  });
  return allowed ? url.href : null;
}

function isOrIsUnder(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(`${path}/`);
}
