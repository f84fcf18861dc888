import type { Card } from './card.ts';

/** What Ollama must find in its environment to use the chosen cards and no other. */
export interface VisibleDevices {
  CUDA_VISIBLE_DEVICES?: string;
  ROCR_VISIBLE_DEVICES?: string;
}

/** Ollama's own way of hiding all cards of a vendor: a device that cannot be. [docs.ollama.com/gpu] */
const none = '-1';

/**
 * The environment for an Ollama server that is to use the chosen cards. Empty where none were chosen: then Ollama
 * takes what it finds. Chosen cards that are not there are left out; with none of them there, all cards are hidden.
 */
export function visibleDevices(
  cards: readonly Card[],
  chosenCards: readonly string[] | null,
): VisibleDevices {
  if (chosenCards === null || chosenCards.length === 0) return {};
  const chosen = new Set(chosenCards.map((uuid) => uuid.toLowerCase()));
  const variable = (vendor: Card['vendor']): string | null => {
    const all = cards.filter((card) => card.vendor === vendor);
    if (all.length === 0) return null;
    const uuids = all.flatMap(({ uuid }) => (uuid !== null && chosen.has(uuid.toLowerCase()) ? [uuid] : []));
    return uuids.length === 0 ? none : uuids.join(',');
  };
  const cuda = variable('nvidia');
  const rocr = variable('amd');
  return {
    ...(cuda === null ? {} : { CUDA_VISIBLE_DEVICES: cuda }),
    ...(rocr === null ? {} : { ROCR_VISIBLE_DEVICES: rocr }),
  };
}

/**
 * The lines to add for a server that is not ours: to the `[Service]` part of a systemd drop-in on Linux, as commands
 * on macOS.
 */
export function visibleDeviceLines(devices: VisibleDevices, platform: NodeJS.Platform): string[] {
  return Object.entries(devices).map(([name, value]) =>
    platform === 'darwin' ? `launchctl setenv ${name} ${value}` : `Environment="${name}=${value}"`,
  );
}
