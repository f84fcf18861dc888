import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  autostartPath,
  autostartText,
  judgeAutostart,
} from '../../../electron/desktop/session/autostart-file.ts';
import {
  earlierRelaunches,
  keepRelaunches,
  nextRelaunch,
} from '../../../electron/desktop/session/relaunch-rule.ts';

describe('the autostart entry', () => {
  it('starts the program hidden', () => {
    const text = autostartText('/opt/ParalleliX Operator/parallelix-operator');
    expect(text).toContain('Exec="/opt/ParalleliX Operator/parallelix-operator" --hidden\n');
    expect(text.startsWith('[Desktop Entry]\nType=Application\n')).toBe(true);
  });

  it('quotes what the Exec key would read as something else', () => {
    const text = autostartText('/a$b/c`d/e"f/g\\h/50%.AppImage');
    expect(text).toContain('Exec="/a\\\\$b/c\\\\`d/e\\\\"f/g\\\\\\\\h/50%%.AppImage" --hidden');
  });

  it('lies where the XDG specification says', () => {
    const homeDir = '/home/op';
    const name = 'autostart/parallelix-operator.desktop';
    expect(autostartPath({ env: {}, homeDir })).toBe(`/home/op/.config/${name}`);
    expect(autostartPath({ env: { XDG_CONFIG_HOME: '/x' }, homeDir })).toBe(`/x/${name}`);
    expect(autostartPath({ env: { XDG_CONFIG_HOME: 'relative' }, homeDir })).toBe(`/home/op/.config/${name}`);
  });

  it('is on for this program, broken for one that moved, off where the desktop switched it off', () => {
    const text = autostartText('/apps/Operator-1.AppImage');
    expect(judgeAutostart(text, '/apps/Operator-1.AppImage')).toBe('on');
    expect(judgeAutostart(text, '/elsewhere/Operator-1.AppImage')).toBe('broken');
    expect(judgeAutostart(`${text}Hidden=true\n`, '/apps/Operator-1.AppImage')).toBe('off');
    const disabled = text.replace('X-GNOME-Autostart-enabled=true', 'X-GNOME-Autostart-enabled=false');
    expect(judgeAutostart(disabled, '/apps/Operator-1.AppImage')).toBe('off');
    expect(judgeAutostart('', '/apps/Operator-1.AppImage')).toBe('broken');
  });
});

describe('a relaunch after a fault', () => {
  const minuteMs = 60_000;

  it('happens at most three times in ten minutes', () => {
    let times: number[] | null = [];
    for (const atMs of [0, minuteMs, 2 * minuteMs]) {
      times = nextRelaunch(times ?? [], atMs);
      expect(times?.at(-1)).toBe(atMs);
    }
    expect(nextRelaunch(times ?? [], 3 * minuteMs)).toBeNull();
    expect(nextRelaunch(times ?? [], 10 * minuteMs)).toEqual([minuteMs, 2 * minuteMs, 10 * minuteMs]);
  });

  it('is counted on the command line where the disk takes nothing, and ends there after three times too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plx-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    // A folder in its place fails as a full disk does: at writing.
    const file = join(folder, 'relaunches.json');
    mkdirSync(file);
    let args: string[] = ['--lang=de'];
    for (const atMs of [0, minuteMs, 2 * minuteMs]) {
      const next = nextRelaunch(earlierRelaunches(file, args), atMs);
      expect(next?.at(-1)).toBe(atMs);
      args = keepRelaunches(file, next ?? [], args);
      expect(args).toHaveLength(2);
    }
    expect(nextRelaunch(earlierRelaunches(file, args), 3 * minuteMs)).toBeNull();
    rmSync(file, { recursive: true });
    expect(keepRelaunches(file, [5], args)).toEqual(['--lang=de']);
    expect(earlierRelaunches(file, [])).toEqual([5]);
  });

  it('does not count times that a set clock has put into the future', () => {
    expect(nextRelaunch([9e12, 9e12, 9e12], 1000)).toEqual([1000]);
  });
});
