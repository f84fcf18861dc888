/**
 * A daemon that runs for months should stay small. V8 grows the space for new objects to many times
 * what this program needs under load and gives none of it back; measured here, that was over 20 MB of
 * resident memory. Has to come before anything fills that space.
 */
process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');

/**
 * What the launcher of a package asks of the C library (resources/package/launcher.sh). It has been read by now, and
 * Ollama, which works with many threads and large blocks, must not inherit it.
 */
const askedByLauncher = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '32768' };
for (const [name, value] of Object.entries(askedByLauncher)) {
  // biome-ignore lint/style/noProcessEnv: it is taken out of the environment before anything is handed that
  if (process.env[name] === value) delete process.env[name];
}
