/**
 * A daemon that runs for months should stay small. V8 grows the space for new objects to many times
 * what this program needs under load and gives none of it back; measured here, that was over 20 MB of
 * resident memory. Has to come before anything fills that space.
 */
process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');

/**
 * The launcher of a package asks the C library for one arena (resources/package/launcher.sh). It has been read by
 * now, and Ollama, which works with many threads, must not inherit it.
 */
// biome-ignore lint/style/noProcessEnv: it is taken out of the environment before anything is handed that
if (process.env.MALLOC_ARENA_MAX === '1') delete process.env.MALLOC_ARENA_MAX;
