import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { app } from 'electron';
import type { AppState } from '../../../shared/contract/app.ts';
import { NodeError } from '../../../shared/errors.ts';
import { errorCode, readSmallFile, writeFileAtomic } from '../../daemon/storage/atomic-file.ts';
import { autostartPath, autostartText, judgeAutostart } from './autostart-file.ts';

type Status = AppState['loginItem']['status'];

/** Starting at login, as the system itself says it stands; what we wished for is only a setting. */
export interface LoginItem {
  /** As of the last check. */
  readonly status: Status;
  /** This start was one at login: no window is shown. */
  readonly startedAtLogin: boolean;
  refresh(): Promise<Status>;
  /** @throws NodeError `login-item-failed` */
  set(on: boolean): Promise<Status>;
  /** Lets an entry that is switched on start this very program, wherever an AppImage was moved to. */
  repair(): Promise<void>;
}

export interface LoginItemOptions {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  homeDir: string;
  /** An app that is not installed has nothing that could be started. */
  isInstalled: boolean;
  args: readonly string[];
}

export const hiddenArgument = '--hidden';
const longestEntryBytes = 65_536;

export function createLoginItem(options: LoginItemOptions): LoginItem {
  const { platform, isInstalled, args } = options;
  const system = !isInstalled
    ? unsupported
    : platform === 'darwin'
      ? macos
      : platform === 'linux'
        ? linux(options)
        : unsupported;
  const startedAtLogin =
    args.includes(hiddenArgument) ||
    (platform === 'darwin' && isInstalled && app.getLoginItemSettings().wasOpenedAtLogin);
  let status: Status = 'unsupported';
  const refresh = async () => {
    status = await system.refresh();
    return status;
  };
  return {
    get status() {
      return status;
    },
    startedAtLogin,
    refresh,
    async set(on) {
      try {
        await system.set(on);
      } catch (error) {
        const reason = errorCode(error) ?? 'refused';
        throw new NodeError('login-item-failed', { reason }, { cause: error });
      }
      // macOS may refuse without a word: what counts is what it says afterwards.
      const now = await refresh();
      if (on && now === 'off') throw new NodeError('login-item-failed', { reason: 'refused' });
      return now;
    },
    async repair() {
      if ((await refresh()) === 'broken' && platform === 'linux') await system.set(true);
      await refresh();
    },
  };
}

interface System {
  refresh(): Promise<Status>;
  set(on: boolean): Promise<void>;
}

const unsupported: System = {
  refresh: async () => 'unsupported',
  async set() {
    throw new NodeError('login-item-failed', { reason: 'app-not-installed' });
  },
};

/** Needs a signed app; arguments cannot be given, so `wasOpenedAtLogin` says how it was started. */
const macos: System = {
  async refresh() {
    const statusOf = {
      'not-registered': 'off',
      enabled: 'on',
      'requires-approval': 'requires-approval',
      'not-found': 'broken',
    } as const;
    return statusOf[app.getLoginItemSettings().status];
  },
  async set(on) {
    app.setLoginItemSettings({ openAtLogin: on });
  },
};

function linux(options: LoginItemOptions): System {
  const path = autostartPath(options);
  // An AppImage runs from a place that is gone afterwards; it says where its file lies.
  const program = options.env.APPIMAGE || app.getPath('exe');
  return {
    async refresh() {
      const text = await readSmallFile(path, longestEntryBytes).catch(() => '');
      return text === null ? 'off' : judgeAutostart(text, program);
    },
    async set(on) {
      if (!on) return rm(path, { force: true });
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, autostartText(program), { mode: 0o644 });
    },
  };
}
