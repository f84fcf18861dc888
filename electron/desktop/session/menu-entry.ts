import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { fileError, readSmallFile, writeFileAtomic } from '../../daemon/storage/atomic-file.ts';
import type { NodeContext } from '../../node/context.ts';
import { deepLinkScheme } from '../windows/deep-link-page.ts';
import { quoted } from './autostart-file.ts';

/** The AppImage among the applications of this desktop: menu entry, icon and links of the app's scheme. */
export interface MenuEntry {
  /** `broken`: the entry starts another file. `unsupported`: a package brings it, or this is no AppImage. */
  look(): Promise<'on' | 'off' | 'broken' | 'unsupported'>;
  /** @throws NodeError `menu-entry-failed`, `state-dir-unusable`, `disk-full` */
  set(on: boolean): Promise<void>;
  /** Lets an entry that is there start this very file, wherever it was moved to. */
  repair(): Promise<void>;
}

const entryName = 'parallelix-operator.desktop';
/** Only what has this line is ours to change. */
const mark = 'X-ParalleliX-Operator-AppImage=true';
const toolLimitMs = 5_000;
const largestEntryBytes = 65_536;

/** [XDG base directories, desktop entry and icon theme specifications] */
export function createMenuEntry(
  context: Pick<NodeContext, 'env' | 'platform' | 'homeDir' | 'runTool'>,
): MenuEntry {
  const { env, platform, homeDir, runTool } = context;
  const base = env.XDG_DATA_HOME;
  const data = base && isAbsolute(base) ? base : join(homeDir, '.local', 'share');
  const entry = join(data, 'applications', entryName);
  const image = platform === 'linux' && env.APPIMAGE?.startsWith('/') ? env.APPIMAGE : null;

  async function look() {
    if (image === null) return 'unsupported';
    const text = await readSmallFile(entry, largestEntryBytes).catch(() => null);
    if (text === null) return 'off';
    if (!text.split('\n').includes(mark)) return 'unsupported';
    return text.includes(`\nExec=${quoted(image)} %U\n`) ? 'on' : 'broken';
  }

  /** The desktop learns of it by itself sooner or later; where its tools are there, at once. */
  async function tellDesktop(on: boolean): Promise<void> {
    const call = { timeoutMs: toolLimitMs };
    await runTool('update-desktop-database', ['-q', join(data, 'applications')], call);
    if (on) await runTool('xdg-mime', ['default', entryName, `x-scheme-handler/${deepLinkScheme}`], call);
  }

  async function add(): Promise<void> {
    try {
      await mkdir(join(data, 'applications'), { recursive: true });
      for (const [from, to] of await icons()) {
        await mkdir(join(to, '..'), { recursive: true });
        await cp(from, to);
      }
      await writeFileAtomic(entry, entryText(image ?? ''), { mode: 0o644 });
    } catch (error) {
      throw fileError(error, entry);
    }
    await tellDesktop(true);
  }

  async function remove(): Promise<void> {
    try {
      await rm(entry, { force: true });
      for (const [, to] of await icons()) await rm(to, { force: true });
    } catch (error) {
      throw fileError(error, entry);
    }
    await tellDesktop(false);
  }

  /** Each icon of the mounted image, and where it goes. */
  async function icons(): Promise<[string, string][]> {
    const theme = join('icons', 'hicolor');
    const from = join(env.APPDIR ?? '', 'usr', 'share', theme);
    const sizes = env.APPDIR ? await readdir(from).catch(() => []) : [];
    const file = join('apps', 'parallelix-operator.png');
    return sizes
      .filter((size) => /^\d+x\d+$/.test(size))
      .map((size) => [join(from, size, file), join(data, theme, size, file)]);
  }

  return {
    look,
    async set(on) {
      const before = await look();
      if (before === 'unsupported') throw new NodeError('menu-entry-failed', { path: entry });
      if (on) await add();
      else if (before !== 'off') await remove();
    },
    async repair() {
      if ((await look()) === 'broken') await add();
    },
  };
}

function entryText(image: string): string {
  return `[Desktop Entry]
Type=Application
Name=ParalleliX Operator
GenericName=Inference node
Comment=Keeps your node online and serving
Exec=${quoted(image)} %U
Icon=parallelix-operator
Terminal=false
StartupNotify=true
StartupWMClass=parallelix-operator
Categories=Network;
MimeType=x-scheme-handler/${deepLinkScheme};
${mark}
`;
}
