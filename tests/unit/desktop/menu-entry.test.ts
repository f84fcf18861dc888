import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPath, runTool as run } from '../../../.tasks/package/tools.ts';
import { createMenuEntry } from '../../../electron/desktop/session/menu-entry.ts';

let homeDir: string;
let appDir: string;
let called: string[][];
const entry = () => join(homeDir, '.local/share/applications/parallelix-operator.desktop');
const icon = () => join(homeDir, '.local/share/icons/hicolor/48x48/apps/parallelix-operator.png');

beforeEach(() => {
  homeDir = mkdtempSync(join(tmpdir(), 'plx-menu-'));
  appDir = join(homeDir, 'mounted');
  const icons = join(appDir, 'usr/share/icons/hicolor/48x48/apps');
  mkdirSync(icons, { recursive: true });
  writeFileSync(join(icons, 'parallelix-operator.png'), 'picture');
  called = [];
});
afterEach(() => rmSync(homeDir, { recursive: true, force: true }));

function menuEntry(image: string | undefined, platform: NodeJS.Platform = 'linux') {
  const env = { ...(image === undefined ? {} : { APPIMAGE: image }), APPDIR: appDir };
  return createMenuEntry({
    ...{ env, platform, homeDir },
    async runTool(tool, args) {
      called.push([tool, ...args]);
      return { kind: 'missing' };
    },
  });
}

describe('the menu entry of an AppImage', () => {
  it('starts the file itself, with its icon and its links, and is registered for them', async () => {
    const menu = menuEntry('/home/op/My Apps/Operator.AppImage');
    expect(await menu.look()).toBe('off');
    await menu.set(true);
    expect(await menu.look()).toBe('on');
    const text = readFileSync(entry(), 'utf8');
    expect(text).toContain('Exec="/home/op/My Apps/Operator.AppImage" %U\n');
    expect(text).toContain('MimeType=x-scheme-handler/parallelix-operator;\n');
    expect(readFileSync(icon(), 'utf8')).toBe('picture');
    expect(called).toContainEqual([
      'xdg-mime',
      'default',
      'parallelix-operator.desktop',
      'x-scheme-handler/parallelix-operator',
    ]);
  });

  it('goes again with its icon, and the file stays', async () => {
    const menu = menuEntry('/a.AppImage');
    await menu.set(true);
    await menu.set(false);
    expect(await menu.look()).toBe('off');
    expect([entry(), icon()].filter((path) => existsSync(path))).toEqual([]);
  });

  it('follows a file that was moved, and makes none where there was none', async () => {
    await menuEntry('/a.AppImage').repair();
    expect(existsSync(entry())).toBe(false);
    await menuEntry('/a.AppImage').set(true);
    const moved = menuEntry('/elsewhere/b.AppImage');
    expect(await moved.look()).toBe('broken');
    await moved.repair();
    expect(await moved.look()).toBe('on');
  });

  it('leaves the entry of somebody else alone', async () => {
    mkdirSync(join(entry(), '..'), { recursive: true });
    writeFileSync(entry(), '[Desktop Entry]\nName=Mine\n');
    const menu = menuEntry('/a.AppImage');
    expect(await menu.look()).toBe('unsupported');
    await expect(menu.set(true)).rejects.toMatchObject({ code: 'menu-entry-failed' });
    await menu.repair();
    expect(readFileSync(entry(), 'utf8')).toContain('Name=Mine');
  });

  it('is nothing for a package, a checkout or macOS', async () => {
    expect(await menuEntry(undefined).look()).toBe('unsupported');
    expect(await menuEntry('/a.AppImage', 'darwin').look()).toBe('unsupported');
    await expect(menuEntry(undefined).set(true)).rejects.toMatchObject({ code: 'menu-entry-failed' });
  });

  it('is one that the desktop’s validator accepts', async (test) => {
    const why = onPath('desktop-file-validate') ? null : 'not installed here: desktop-file-utils';
    test.skip(why !== null, why ?? '');
    await menuEntry('/a $b `c` 50%.AppImage').set(true);
    expect(run('desktop-file-validate', [entry()])).toBe('');
  });
});
