import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtCli } from '../../fixtures/cli/process.ts';

it('a package that the built command line keeps as text works once it is loaded, and is no code before', async () => {
  const text = readFileSync(await builtCli(), 'utf8');
  const kept = /await import\(("data:text\/javascript;base64," \+ [^\n]*?\.toString\("base64"\))\)/g;
  const sources = [...text.matchAll(kept)].map(([, source]) => source);
  expect(sources).toHaveLength(2);
  expect(text).not.toMatch(/xmldom|xmlbuilder/);
  const round = `
    const loaded = await Promise.all([${sources.join(',')}].map((source) => import(source)));
    const { build, parse } = loaded.find((one) => 'build' in one);
    const list = build({ Label: 'a & b', RunAtLoad: true, Interval: 10, Args: ['x', 'ü'] });
    console.log(JSON.stringify([list.startsWith('<?xml'), parse(list)]));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-'], {
    input: round,
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual([
    true,
    { Label: 'a & b', RunAtLoad: true, Interval: 10, Args: ['x', 'ü'] },
  ]);
});

it('no command loads TLS, threads or decompression at its start: the script imports none of them at its head', async () => {
  const text = readFileSync(await builtCli(), 'utf8');
  const atTheStart = [...text.matchAll(/^import .* from "node:([\w/]+)";$/gm)].map(([, name]) => name);
  expect(atTheStart).toContain('fs');
  // As `await import()` or `process.getBuiltinModule()`, where they are used.
  const later = ['dns', 'http', 'http2', 'https', 'sqlite', 'tls', 'worker_threads', 'zlib'];
  expect(atTheStart.filter((name) => later.includes(name ?? ''))).toEqual([]);
});
