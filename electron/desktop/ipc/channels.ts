/** Names on the wire between the windows and the main process; nothing outside preload and IPC host knows them. */
export const askChannel = 'operator:ask';
export const listenChannel = 'operator:listen';
export const eventChannel = 'operator:event';

/** What a window can listen to. */
export const eventKinds = ['app', 'daemon', 'page'] as const;
export type EventKind = (typeof eventKinds)[number];
