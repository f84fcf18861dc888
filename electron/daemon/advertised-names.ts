import type { InstalledModel } from './ollama/models/installed-models.ts';

/** What an operator has is far less; what answers in the place of Ollama may list anything. */
const mostNames = 256;
const mostNameBytes = 32 * 1024;

/** The names that are advertised, in their order: no more than a heartbeat should carry, and the default among them. */
export function advertisedNames(
  models: readonly Pick<InstalledModel, 'name' | 'servable'>[],
  defaultModel: string,
): string[] {
  const names: string[] = [];
  const offersDefault = models.some(({ servable, name }) => servable && name === defaultModel);
  let room = mostNames - (offersDefault ? 1 : 0);
  let bytes = mostNameBytes - (offersDefault ? Buffer.byteLength(defaultModel) : 0);
  for (const { servable, name } of models) {
    if (!servable) continue;
    if (offersDefault && name === defaultModel) {
      names.push(name);
      continue;
    }
    const size = Buffer.byteLength(name);
    if (room <= 0 || size > bytes) continue;
    room -= 1;
    bytes -= size;
    names.push(name);
  }
  return names;
}
