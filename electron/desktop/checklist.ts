/** Which tests prove an item; each name is one of them. */
export type Proof =
  | 'requests'
  | 'preferences'
  | 'permissions'
  | 'policy'
  | 'webview'
  | 'navigation'
  | 'windows'
  | 'links'
  | 'version'
  | 'sender'
  | 'scheme'
  | 'packaging'
  | 'bridge';

/** Electron's security checklist, all 20 items, and how each is met here; the tests go by this table. */
export const checklist: readonly { number: number; item: string; how: string; proof: Proof }[] = [
  {
    number: 1,
    item: 'Only load secure content',
    how: 'own scheme, and the session refuses every other request',
    proof: 'requests',
  },
  {
    number: 2,
    item: 'No Node integration for remote content',
    how: 'nodeIntegration off, in workers and frames too',
    proof: 'preferences',
  },
  { number: 3, item: 'Context isolation', how: 'contextIsolation on', proof: 'preferences' },
  { number: 4, item: 'Process sandboxing', how: 'app.enableSandbox() and sandbox on', proof: 'preferences' },
  {
    number: 5,
    item: 'Permission requests',
    how: 'every request and check of the session is refused',
    proof: 'permissions',
  },
  { number: 6, item: 'webSecurity stays on', how: 'webSecurity on', proof: 'preferences' },
  {
    number: 7,
    item: 'Content Security Policy',
    how: 'a header on every answer of the scheme',
    proof: 'policy',
  },
  { number: 8, item: 'No insecure content', how: 'allowRunningInsecureContent off', proof: 'preferences' },
  { number: 9, item: 'No experimental features', how: 'experimentalFeatures off', proof: 'preferences' },
  { number: 10, item: 'No enableBlinkFeatures', how: 'empty', proof: 'preferences' },
  { number: 11, item: 'No allowpopups on webviews', how: 'webviewTag off', proof: 'webview' },
  {
    number: 12,
    item: 'Verify webview options',
    how: 'every attempt to attach one is refused',
    proof: 'webview',
  },
  {
    number: 13,
    item: 'Limit navigation',
    how: 'will-frame-navigate and will-redirect refuse all but our origin',
    proof: 'navigation',
  },
  { number: 14, item: 'Limit new windows', how: 'setWindowOpenHandler refuses all', proof: 'windows' },
  {
    number: 15,
    item: 'No shell.openExternal with untrusted content',
    how: 'links.ts alone, by a list of parsed URLs',
    proof: 'links',
  },
  { number: 16, item: 'A current Electron', how: 'pinned exactly in package.json', proof: 'version' },
  {
    number: 17,
    item: 'Validate the sender of IPC',
    how: 'ipc.ts: our window, its main frame, our origin',
    proof: 'sender',
  },
  { number: 18, item: 'No file protocol', how: 'own scheme, served from a list of files', proof: 'scheme' },
  { number: 19, item: 'Fuses', how: 'set when the app is packaged', proof: 'packaging' },
  {
    number: 20,
    item: 'No Electron API for untrusted content',
    how: 'the preload exposes one frozen object of four functions',
    proof: 'bridge',
  },
];
