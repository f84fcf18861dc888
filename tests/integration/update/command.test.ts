import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCliWorld } from '../../fixtures/cli/process.ts';
import { layOut } from '../../fixtures/update/packages.ts';
import { createUpdateWorld, type UpdateWorld } from '../../fixtures/update/world.ts';

const fields =
  'schemaVersion document installedBy installed offered publishedAt notes available updated from node pid online failedBefore command';

describe('the command update', () => {
  let world: UpdateWorld;

  beforeAll(async () => {
    world = await createUpdateWorld();
    await world.install('0.1.0');
    await world.publish('0.2.0');
  });
  afterAll(() => world.stop());

  /** Runs the command line as another owner has put it there. */
  async function as(mark: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
    const folder = join(world.home, `as-${mark}`);
    await layOut(folder, { version: '0.1.0', flavour: 'good', key: world.releases.key }).catch(
      () => undefined,
    );
    writeFileSync(join(folder, 'installed-by'), `${mark}\n`);
    const child = world.start(args, join(folder, 'bin', 'parallelix-operator'));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, text: child.text() };
  }

  it('says whether there is an update, in fields that stay, and changes nothing', async () => {
    const { code, json } = await world.run(['update', '--check', '--json']);
    expect(code).toBe(0);
    expect(Object.keys(json())).toEqual(fields.split(' '));
    expect(json()).toMatchObject({ installed: '0.1.0', offered: '0.2.0', available: true, updated: false });
    const words = await world.run(['update', '--check']);
    expect(words.text).toBe(
      'Version 0.2.0 is available. Version 0.1.0 is installed. Update with: parallelix-operator update\n',
    );
    expect(world.current()).toBe('0.1.0');
  });

  it('asks first, and where nobody can be asked needs --yes', async () => {
    const { code, text } = await world.run(['update']);
    expect(code).toBe(2);
    expect(text).toContain('Version 0.2.0 is available.');
    expect(text).toContain('What is new.');
    expect(text).toMatch(/needs --yes/);
  });

  it('does nothing outside of its window, and says so with an exit code of its own', async () => {
    const hour = new Date().getUTCHours();
    const two = (value: number) => String(value % 24).padStart(2, '0');
    const window = `${two(hour + 3)}:00-${two(hour + 4)}:00`;
    const { code, text } = await world.run(['update', '--auto', '--window', window]);
    expect(code).toBe(5);
    expect(text).toContain(`outside the update window ${window}`);
    expect(world.releases.seen.filter(({ path }) => path.endsWith('.xz'))).toEqual([]);
  });

  it.each([
    ['deb', 'apt', 'sudo apt install ./'],
    ['rpm', 'dnf', 'sudo dnf install ./'],
  ] as const)('leaves a %s to %s, with the exact command', async (format, manager, command) => {
    const name = `parallelix-operator-cli-0.2.0-linux-${process.arch}.${format}`;
    world.releases.publish('0.2.0', await world.package('0.2.0'), { file: { format, name } });
    const { code, text } = await as(format, ['update', '--yes']);
    expect(code).toBe(1);
    expect(text).toContain(`${manager} installed this program`);
    expect(text).toContain(`curl -fLO ${world.releases.url}${name} && ${command}${name}`);
    const looked = await as(format, ['update', '--check', '--json']);
    expect(looked.code).toBe(0);
    expect(JSON.parse(looked.text)).toMatchObject({ installedBy: format, available: true, updated: false });
    const scheduled = await as(format, ['update', 'schedule']);
    expect([scheduled.code, scheduled.text]).toEqual([1, expect.stringContaining(command)]);
  });

  it('leaves what lies in the app to the app', async () => {
    const folder = join(world.home, 'app', 'resources');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'app.asar'), '');
    await layOut(join(folder, 'cli'), { version: '0.1.0', flavour: 'good', key: world.releases.key });
    const child = world.start(['update', '--yes'], join(folder, 'cli', 'bin', 'parallelix-operator'));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect([code, child.text()]).toEqual([1, expect.stringContaining('Update the app.')]);
  });

  it('has no release key in a build that nobody made for a release', async () => {
    const folder = join(world.home, 'r', 'versions', '0.1.0');
    await layOut(folder, { version: '0.1.0', flavour: 'good', key: world.releases.key });
    const { readFileSync } = await import('node:fs');
    const bundle = join(folder, 'lib', 'cli.mjs');
    writeFileSync(bundle, readFileSync(bundle, 'utf8').replace('placeholder: false,', 'placeholder: true,'));
    writeFileSync(join(folder, 'installed-by'), 'install.sh\n');
    const child = world.start(['update', '--check'], join(folder, 'bin', 'parallelix-operator'));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect([code, child.text()]).toEqual([7, expect.stringContaining('This build has no release key')]);
  });

  it('takes no place of a node from a terminal', async () => {
    await world.run(['init']);
    const { code, text } = await world.run(['start', '--take-over']);
    expect([code, text]).toEqual([2, expect.stringContaining('parallelix-operator update')]);
  });
});

describe('the command update in a checkout', () => {
  it('says so, and what updates it', async () => {
    const world = await createCliWorld();
    try {
      const refused = await world.run(['update', '--yes']);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('git pull')]);
      const looked = (await world.run(['update', '--check', '--json'])).json();
      expect(looked).toMatchObject({ installedBy: 'checkout', offered: null, available: false });
    } finally {
      await world.clean();
    }
  });
});
