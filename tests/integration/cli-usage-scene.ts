import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, type ExpectStatic, expect } from 'vitest';
import { type CliWorld, createCliWorld } from './cli-process.ts';

export interface WrongInput {
  what: string;
  /** `FILE` and `HOME` stand for a file and for the home directory of whoever types. */
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** What the line must name. */
  names: string;
  /** What it must say to do. */
  remedy: RegExp;
}

/** One home for all the wrong input of a file. */
export function usageScene() {
  let world: CliWorld;

  beforeAll(async () => {
    world = await createCliWorld();
    await writeFile(join(world.homeDir, 'file'), '');
  });
  afterAll(() => world.clean());

  const inWorld = (args: readonly string[]) =>
    args.map((arg) => ({ FILE: join(world.homeDir, 'file'), HOME: world.homeDir })[arg] ?? arg);

  return {
    run: (args: readonly string[]) => world.run(args),
    /** Exit code 2, and one line with the input and the remedy. */
    async refuses({ args, env, names, remedy }: WrongInput, { expect }: { expect: ExpectStatic }) {
      const { code, stdout, stderr } = await world.run(inWorld(args), env);
      expect(stderr).toMatch(/^parallelix-operator: [^\n]+\n$/);
      expect(stderr).toContain(names);
      expect(stderr).toMatch(remedy);
      expect(stderr).not.toMatch(/\n\s+at |secret/);
      expect(stderr.length).toBeLessThan(500);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    },
    async leftNothing() {
      const { json } = await world.run(['config', 'list', '--json']);
      expect(json()).toMatchObject({ stateDir: { value: world.stateDir, source: 'environment' } });
      expect((await world.run(['status', '--json'])).json()).toMatchObject({ onDisk: { identity: null } });
    },
  };
}
