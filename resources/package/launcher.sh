#!/bin/sh
# Starts the command line on the Node that lies beside it, from wherever a link to this file is called.
self=$(readlink -f -- "$0") || exit 7
root=${self%/*/*}
# A node runs for months beside a model that needs the memory: one arena, and blocks of 32 KiB, in which V8 reads the
# script, go back to the system once they are free instead of staying as holes in the heap. Programs that it starts,
# such as Ollama, don't get these limits: electron/cli/small-memory.ts.
MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
MALLOC_MMAP_THRESHOLD_=${MALLOC_MMAP_THRESHOLD_:-32768}
export MALLOC_ARENA_MAX MALLOC_MMAP_THRESHOLD_
# Without the optimizing compilers, whose code and profiles outweigh what they save here; compiled functions that are
# not called for two collections are dropped. Measured in docs/packaging.md.
exec "$root/lib/node" --v8-pool-size=1 --max-semi-space-size=1 --no-opt --no-maglev --optimize-for-size \
  --memory-saver-mode --bytecode-old-age=2 "$root/lib/cli.mjs" "$@"
