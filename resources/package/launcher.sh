#!/bin/sh
# Starts the command line on the Node that lies beside it, from wherever a link to this file is called.
self=$(readlink -f -- "$0") || exit 7
root=${self%/*/*}
# A node runs for months beside a model that needs the memory. Programs
# that it starts, such as Ollama, don't get this limit: electron/cli/small-memory.ts.
MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
export MALLOC_ARENA_MAX
# Without the optimizing compilers, whose code and profiles outweigh what they save here; compiled functions that are
# not called for two collections are dropped. Measured in docs/packaging.md.
exec "$root/lib/node" --v8-pool-size=1 --max-semi-space-size=1 --no-opt --no-maglev --optimize-for-size \
  --memory-saver-mode --bytecode-old-age=2 "$root/lib/cli.mjs" "$@"
