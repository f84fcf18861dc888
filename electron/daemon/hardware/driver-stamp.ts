import { createHash } from 'node:crypto';
import { openTree, type Root } from './file-tree.ts';
import { scanDisplayDevices } from './pci.ts';

const modules = ['nvidia', 'nvidia_uvm', 'nouveau', 'amdgpu', 'radeon', 'i915', 'xe'];

/**
 * A short text that changes when a graphics driver is loaded, unloaded, updated or bound to another card. Read from
 * /sys and /proc without starting a program, cheap enough for every minute. Null where neither say anything.
 */
export async function readDriverStamp(root: Root = '/'): Promise<string | null> {
  const tree = openTree(root);
  const loaded = await Promise.all(
    modules.map(async (name) => {
      const folder = `sys/module/${name}`;
      if (!(await tree.exists(folder))) return null;
      const version = (await tree.read(`${folder}/version`)) ?? (await tree.read(`${folder}/srcversion`));
      return `${name} ${version ?? 'loaded'}`;
    }),
  );
  const running = await tree.read('proc/driver/nvidia/version');
  const underWsl = await tree.list('usr/lib/wsl/lib');
  const devices = await scanDisplayDevices(tree);
  const hasKernelFacts = (await tree.exists('sys/module')) || (await tree.exists('sys/bus/pci'));
  if (!hasKernelFacts && running === null && underWsl.length === 0) return null;
  const lines = [
    ...loaded.filter((line) => line !== null),
    running?.split('\n')[0] ?? 'no running NVIDIA driver',
    ...underWsl.filter((name) => name.startsWith('nvidia-smi') || name.startsWith('libcuda')),
    ...devices.map(
      ({ address, vendorId, deviceId, driver }) => `${address} ${vendorId}:${deviceId} ${driver}`,
    ),
  ];
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
