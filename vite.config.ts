import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig, type InlineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const root = fileURLToPath(new URL('.', import.meta.url));

/** Loaded when first asked for, each with a binary of its own that cannot be bundled. */
const nativeModules = ['keytar'];
const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);

/** One plain script with everything in it, which is read by a program that is no browser. */
function script(entry: string, external: string[], output: object): InlineConfig {
  return {
    root,
    configFile: false,
    publicDir: false,
    define: { __PRODUCT_VERSION__: JSON.stringify(version) },
    ssr: { noExternal: true, external: [...builtins, ...external] },
    build: {
      ssr: entry,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { codeSplitting: false, ...output } },
    },
  };
}

/** The headless daemon and command line. */
const cli = script('electron/cli/main.ts', nativeModules, {
  entryFileNames: 'cli.mjs',
  format: 'es',
  banner: '#!/usr/bin/env node',
});

/** The main process of the desktop app, into a folder that holds the other parts of the app too. */
export function appMain(outDir: string): InlineConfig {
  const config = script('electron/main.ts', ['electron', ...nativeModules], {
    entryFileNames: 'main.mjs',
    format: 'es',
  });
  return { ...config, build: { ...config.build, outDir, emptyOutDir: false } };
}

/** Its preload: a sandboxed one is CommonJS, and may require nothing but `electron`. */
export function appPreload(outDir: string): InlineConfig {
  const config = script('electron/preload.ts', ['electron'], {
    entryFileNames: 'preload.cjs',
    format: 'cjs',
  });
  return { ...config, build: { ...config.build, outDir, emptyOutDir: false } };
}

export default defineConfig({ ...cli, build: { ...cli.build, outDir: 'dist', emptyOutDir: true } });
