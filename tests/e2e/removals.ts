import type { Removal } from './app-build.ts';

/** Each protection as it can be taken out of the sources: its test has to fail then. */
const security = 'electron/desktop/windows/security.ts';
const ipc = 'electron/desktop/ipc/host.ts';

export const removals = {
  policy: {
    file: 'electron/desktop/windows/protocol.ts',
    from: "  'Content-Security-Policy': contentSecurityPolicy,\n",
    to: '',
  },
  framing: { file: 'electron/desktop/windows/protocol.ts', from: "  'X-Frame-Options': 'DENY',\n", to: '' },
  requests: { file: security, from: 'callback({ cancel });', to: 'callback({});' },
  navigation: { file: security, from: 'if (isOwnUrl(event.url)) return;', to: 'if (event) return;' },
  windows: { file: security, from: "return { action: 'deny' };", to: "return { action: 'allow' };" },
  permissionRequests: { file: security, from: 'callback(false)', to: 'callback(true)' },
  permissionChecks: {
    file: security,
    from: 'setPermissionCheckHandler(() => false)',
    to: 'setPermissionCheckHandler(() => true)',
  },
  devices: {
    file: security,
    from: 'setDevicePermissionHandler(() => false)',
    to: 'setDevicePermissionHandler(() => true)',
  },
  webviews: {
    file: security,
    from: "contents.on('will-attach-webview', (event) => event.preventDefault());",
    to: '',
  },
  /** As somebody would write it who joins paths. */
  fileList: {
    file: 'electron/desktop/windows/protocol.ts',
    from: 'isOwnUrl(request.url) ? files.get(new URL(request.url).pathname) : undefined',
    to: "{ path: join(options.rendererDir, decodeURIComponent(new URL(request.url).pathname)), type: files.get(new URL(request.url).pathname)?.type ?? 'text/plain' }",
  },
  allowedLinks: {
    file: 'electron/desktop/windows/links.ts',
    from: 'const link = allowedLink(text);',
    to: 'const link = allowedLink(text) ?? text;',
  },
  downloads: {
    file: security,
    from: "own.on('will-download', (event) => event.preventDefault());",
    to: '',
  },
  senderWindow: { file: ipc, from: "if (!windows.includes(sender)) return 'window';", to: '' },
  senderFrame: {
    file: ipc,
    from: "if (senderFrame.parent !== null || senderFrame !== sender.mainFrame) return 'frame';",
    to: '',
  },
  senderOrigin: {
    file: ipc,
    from: "return senderFrame.origin === appOrigin ? null : 'origin';",
    to: 'return null;',
  },
  rate: { file: ipc, from: 'if (!withinRate(event.sender))', to: 'if (withinRate === null)' },
  /** Not taken out but tightened, so that no test depends on how fast it is. */
  fewQuestions: {
    file: 'electron/desktop/ipc/limits.ts',
    from: 'burst: 100, perSecond: 50',
    to: 'burst: 20, perSecond: 0',
  },
  size: { file: ipc, from: 'sizeOf(input) > inputLimitCharacters', to: 'sizeOf(input) < 0' },
  inputSchema: { file: ipc, from: 'if (!checked.success)', to: 'if (!checked)' },
} as const satisfies Record<string, Removal>;

export function without(...names: (keyof typeof removals)[]): Removal[] {
  return names.map((name) => removals[name]);
}
