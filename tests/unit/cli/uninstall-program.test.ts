import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { howProgramGoes } from '../../../electron/cli/commands/uninstall-program.ts';

/** A program that lies in `folder` of a home, where these files say what put it there. */
function program(folder: string, marks: Record<string, string>): string {
  const home = mkdtempSync(join(tmpdir(), 'plx-goes-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, folder), { recursive: true });
  for (const [name, text] of Object.entries(marks)) writeFileSync(join(home, name), text);
  const file = join(home, folder, 'cli.mjs');
  writeFileSync(file, '');
  return file;
}

it.for<[string, string, Record<string, string>, RegExp]>([
  ['a deb', 'lib', { 'lib/installed-by': 'deb\n' }, /sudo apt remove parallelix-operator-cli\./],
  ['an rpm', 'lib', { 'lib/installed-by': 'rpm\n' }, /sudo dnf remove parallelix-operator-cli\./],
  [
    'install.sh',
    'versions/1.2.3',
    { 'versions/1.2.3/installed-by': 'install.sh\n' },
    /plx-goes-\w+\. .*install\.sh --uninstall\./,
  ],
  ['the app', 'cli', { 'app.asar': '' }, /part of the app/],
  [
    'the app’s deb',
    'cli',
    { 'app.asar': '', 'package-type': 'deb' },
    /sudo apt remove parallelix-operator\./,
  ],
  ['nothing known', 'lib', {}, /No package.*delete its folder/],
])('what %s put here goes the same way, after its service', async ([, folder, marks, words]) => {
  const text = await howProgramGoes(program(folder, marks));
  expect(text).toMatch(words);
  expect(text).toContain('parallelix-operator service uninstall');
});
