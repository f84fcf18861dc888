import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../places.ts';
import { runTool } from '../tools.ts';
import pinned from './node-for-macos.json' with { type: 'json' };
import { machoStandIn } from './stand-in.ts';

/** The folder of a Node for macOS, as its archive unpacks. */
export interface MacNode {
  folder: string;
  version: string;
}

/**
 * Node for macOS from its own site, held against the sum in the repository; kept for later builds.
 *
 * @throws Error when it is not pinned, cannot be had, or has another sum
 */
export async function macNode(arch: 'x64' | 'arm64'): Promise<MacNode> {
  const { version, sha256 } = pinned as {
    version: string;
    sha256: Record<'x64' | 'arm64', string | null>;
  };
  const wanted = sha256[arch];
  if (wanted === null)
    throw new Error(
      `Node for macOS on ${arch} is not pinned: put its sum into .tasks/package/app/node-for-macos.json`,
    );
  const name = `node-v${version}-darwin-${arch}`;
  const folder = join(cacheDir, `${name}-${wanted.slice(0, 8)}`);
  const result = { folder: join(folder, name), version };
  if (existsSync(folder)) return result;
  const answer = await fetch(`https://nodejs.org/dist/v${version}/${name}.tar.xz`);
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  const archive = Buffer.from(await answer.arrayBuffer());
  const got = createHash('sha256').update(archive).digest('hex');
  if (got !== wanted) throw new Error(`${name}.tar.xz has the sum ${got}, and ${wanted} is expected`);
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(temporary, 'archive'), archive);
  runTool('tar', [
    '-xJf',
    join(temporary, 'archive'),
    '-C',
    temporary,
    `${name}/bin/node`,
    `${name}/LICENSE`,
  ]);
  rmSync(join(temporary, 'archive'));
  renameSync(temporary, folder);
  return result;
}

/** A folder of the same shape, for builds with a stand-in of Electron. */
export function standInMacNode(folder: string, arch: 'x64' | 'arm64'): MacNode {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', 'node'), machoStandIn(arch), { mode: 0o755 });
  writeFileSync(join(folder, 'LICENSE'), 'Stand-in for the licence of Node\n');
  return { folder, version: 'stand-in' };
}
