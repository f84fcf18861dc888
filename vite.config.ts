import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Loaded when first asked for, each with a binary of its own that cannot be bundled. */
const nativeModules = ['keytar'];

/** The headless daemon and command line: one plain Node script with everything in it. */
export default defineConfig({
  define: { __PRODUCT_VERSION__: JSON.stringify(version) },
  ssr: {
    noExternal: true,
    external: [...builtinModules.flatMap((name) => [name, `node:${name}`]), ...nativeModules],
  },
  build: {
    ssr: 'electron/cli/main.ts',
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'cli.mjs',
        format: 'es',
        codeSplitting: false,
        banner: '#!/usr/bin/env node',
      },
    },
  },
});
