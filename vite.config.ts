import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const root = fileURLToPath(new URL('.', import.meta.url));

/** Loaded when first asked for, each with a binary of its own that cannot be bundled. */
const nativeModules = ['keytar'];
const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);

/**
 * Escapes what is not ASCII. V8 keeps a script whose letters need more than a byte at two bytes for each, which was
 * 1.8 MB of every daemon's memory. A tagged template would see the escape; none of ours holds such a letter.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_, files) {
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = file.code.replaceAll(/[\u0080-\uffff]/g, escaped);
  },
};

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Keeps packages in the script as text, which V8 reads as code only when one of them is imported. V8 looks at all code
 * of a script to find its functions: that of `plist`, which macOS alone needs, took 2.5 MB of every daemon's memory.
 * The text is compressed, since the script is in memory as well.
 */
const asText = (packages: readonly string[]): Plugin => ({
  name: 'as-text',
  enforce: 'pre',
  // The path stays in the name: the licences of a package are looked for by it.
  resolveId: (id) =>
    packages.includes(id) ? `${fileURLToPath(import.meta.resolve(id))}${suffix}` : undefined,
  async load(id) {
    if (!id.endsWith(suffix)) return;
    const { code, exports } = await bundled(id.slice(0, -suffix.length));
    return `const loaded = await import('data:text/javascript;base64,' + ${packed(code)}.toString('base64'));
export const { ${exports.join(', ')} } = loaded;`;
  },
});

const suffix = '?as-text';

/** An expression for the bytes of a text. */
const packed = (text: string): string =>
  `process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from('${brotliCompressSync(text).toString('base64')}', 'base64'))`;

/**
 * Puts the thread that reads the computer's facts into the script as text: there is no other file to start it from, and
 * a daemon that is never asked for them pays for no more than that.
 */
const workerAsText: Plugin = {
  name: 'worker-as-text',
  enforce: 'pre',
  // Called after the package in it, for the sake of its licence.
  resolveId: (id) =>
    id.endsWith('/computer-worker-text.ts')
      ? `${fileURLToPath(import.meta.resolve('systeminformation'))}${workerSuffix}`
      : undefined,
  async load(id) {
    if (!id.endsWith(workerSuffix)) return;
    const { code } = await bundled('electron/daemon/hardware/computer-worker.ts', 'cjs');
    return `export const computerWorkerText = () => ${packed(code)}.toString();`;
  },
};

const workerSuffix = '?in-worker';

async function bundled(
  file: string,
  format: 'es' | 'cjs' = 'es',
): Promise<{ code: string; exports: string[] }> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [asciiOnly],
    ssr: { noExternal: true, external: builtins },
    build: {
      ssr: file,
      target: 'node24',
      write: false,
      minify: true,
      rolldownOptions: { output: { format, codeSplitting: false } },
    },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error(`${file} could not be bundled`);
  const [chunk, ...others] = built.output;
  if (others.length > 0) throw new Error(`${file} becomes more than one file`);
  return { code: chunk.code, exports: chunk.exports };
}

/** One plain script with everything in it, which is read by a program that is no browser. */
function script(entry: string, external: string[], output: object): InlineConfig {
  return {
    root,
    configFile: false,
    publicDir: false,
    plugins: [asText(['plist', 'tar']), workerAsText, asciiOnly],
    // The entry for Node draws pictures too, which nothing here asks for.
    resolve: { alias: { qrcode: 'qrcode/lib/browser.js' } },
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

/** A program of tests around parts of the product. */
export function testProgram(entry: string, outDir: string): InlineConfig {
  const config = script(entry, nativeModules, { entryFileNames: 'program.mjs', format: 'es' });
  return { ...config, build: { ...config.build, outDir, emptyOutDir: true } };
}

export default defineConfig({ ...cli, build: { ...cli.build, outDir: 'dist', emptyOutDir: true } });
