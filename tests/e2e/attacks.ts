import type { Page } from 'playwright-core';
import type { Canary } from './canary.ts';

/** What a page that has been taken over would try. Each tells whether it worked. */
export const attacks = {
  async fetch(page: Page, canary: Canary) {
    return page.evaluate(`fetch('${canary.url}/fetch', { mode: 'no-cors' }).then(() => true, () => false)`);
  },
  async xhr(page: Page, canary: Canary) {
    return page.evaluate(`new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onload = () => resolve(true);
      request.onerror = () => resolve(false);
      try { request.open('GET', '${canary.url}/xhr'); request.send(); } catch { resolve(false); }
    })`);
  },
  async image(page: Page, canary: Canary) {
    await page.evaluate(`new Promise((resolve) => {
      const image = new Image();
      image.onload = image.onerror = resolve;
      image.src = '${canary.url}/image';
    })`);
    return canary.seen.includes('GET /image');
  },
  async webSocket(page: Page, canary: Canary) {
    await page.evaluate(`new Promise((resolve) => {
      try {
        const socket = new WebSocket('${canary.webSocketUrl}/socket');
        socket.onerror = socket.onclose = socket.onopen = resolve;
      } catch { resolve(); }
    })`);
    return canary.seen.includes('WS /socket');
  },
} as const;
