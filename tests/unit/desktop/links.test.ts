import { describe, expect, it } from 'vitest';
import { allowedLink } from '../../../electron/desktop/windows/allowed-links.ts';
import { pageInArguments, pageOfDeepLink } from '../../../electron/desktop/windows/deep-link-page.ts';
import { pages } from '../../../shared/contract/app.ts';
import { consoleUrl, documentationUrl, registerLink } from '../../../shared/links.ts';

describe('a link that leaves the app', () => {
  it('is opened when it is one of ours', () => {
    const ours = [
      consoleUrl,
      registerLink(`0x${'a'.repeat(64)}`, 2),
      documentationUrl,
      'https://link.metamask.io/dapp/app.parallelix.io/operate/nodes/register?keyHash=0x1&tier=1',
      'https://ollama.com/download',
      'https://ollama.com/download/linux',
    ];
    for (const link of ours) expect(allowedLink(link), link).toBe(new URL(link).href);
  });

  it.each([
    'http://app.parallelix.io/',
    'https://app.parallelix.io.evil.example/',
    'https://app.parallelix.io@evil.example/',
    'https://user:pass@app.parallelix.io/',
    'https://app.parallelix.io:8443/',
    'https://evil.example/https://app.parallelix.io/',
    'https://link.metamask.io/dapp/evil.example/',
    'https://link.metamask.io/dapp/app.parallelix.io.evil.example/',
    'https://link.metamask.io/dapp/app.parallelix.io/../evil.example/',
    'https://link.metamask.io/send/0x1',
    'https://ollama.com/downloads-evil',
    'https://ollama.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'smb://app.parallelix.io/',
    'app.parallelix.io',
    '',
  ])('is not opened when it only looks like one: %s', (link) => {
    expect(allowedLink(link)).toBeNull();
  });

  it('is judged after it is parsed', () => {
    expect(allowedLink('https://link.metamask.io/dapp/app.parallelix.io/../evil.example/')).toBeNull();
    expect(allowedLink('https://link.metamask.io/dapp/app.parallelix.io/%2e%2e/evil.example/')).toBeNull();
    expect(allowedLink(' https://APP.parallelix.io/x ')).toBe('https://app.parallelix.io/x');
  });
});

describe('a deep link', () => {
  it('names a page', () => {
    for (const page of pages) {
      expect(pageOfDeepLink(`parallelix-operator://${page}`)).toBe(page);
      expect(pageOfDeepLink(`parallelix-operator://${page}/`)).toBe(page);
    }
  });

  it.each([
    'parallelix-operator://unknown',
    'parallelix-operator:earnings',
    'parallelix-operator:///earnings',
    'parallelix-operator://earnings/claim',
    'parallelix-operator://earnings?claim=1',
    'parallelix-operator://earnings#x',
    'parallelix-operator://earnings:80',
    'parallelix-operator://a@earnings',
    'parallelix-operator://EARNINGS',
    'parallelix-operator://earnings\n',
    ' parallelix-operator://earnings',
    'parallelix-operator://constructor',
    `parallelix-operator://earnings${'/'.repeat(100)}`,
    'https://earnings',
    '',
  ])('that holds anything else names none: %j', (link) => {
    expect(pageOfDeepLink(link)).toBeNull();
  });

  it('is found in a command line, and only the first one counts', () => {
    expect(pageInArguments(['/app', '--hidden', 'parallelix-operator://settings'])).toBe('settings');
    expect(pageInArguments(['parallelix-operator://x', 'parallelix-operator://settings'])).toBeNull();
    expect(pageInArguments(['/app', '--page=settings'])).toBeNull();
  });
});
