import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

let world: CliWorld;
let bin = '';
beforeAll(async () => {
  world = await createCliWorld();
  bin = join(world.homeDir, 'bin');
  await mkdir(bin);
});
afterAll(() => world.clean());

const consolePage = 'https://app.parallelix.io';

it.for([
  [[], /^https:\/\/[\w.]*parallelix\.io\S*$/],
  [['docs'], /^https:\/\/docs\.parallelix\.io\S*$/],
] as const)(
  'open %j hands the page to the system’s browser and prints its address',
  async ([args, address]) => {
    const log = join(world.homeDir, 'opened');
    // What Linux and macOS have for it; this one writes down what it is given.
    for (const tool of ['xdg-open', 'open'])
      await writeFile(join(bin, tool), `#!/bin/sh\nprintf '%s' "$1" > '${log}'\n`, { mode: 0o755 });
    const { code, stdout, stderr } = await world.run(['open', ...args], { PATH: `${bin}:/usr/bin:/bin` });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim()).toMatch(address);
    expect(await readFile(log, 'utf8')).toBe(stdout.trim());
  },
);

it('open says so where there is no browser, and prints the address all the same', async () => {
  for (const tool of ['xdg-open', 'open'])
    await writeFile(join(bin, tool), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const { code, stdout, stderr } = await world.run(['open'], env);
  expect(code).toBe(1);
  expect(stdout).toContain(consolePage);
  expect(stderr).toContain('open the link yourself');
  expect((await world.run(['open', '--json'], env)).json()).toMatchObject({
    document: 'open',
    opened: false,
  });
});
