import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeOfficialNode } from '../unit/official-node.ts';

/**
 * Stand-in for systemctl with one unit, the official client's: it starts and ends a real process, knows
 * whether the unit is enabled, and writes down every call. A file `refuse-<verb>` makes a verb fail.
 */
const systemctl = (node: string) => `#!/bin/sh
D="$(dirname "$0")/unit"
echo "$*" >> "$D/calls"
[ -e "$D/refuse-$1" ] && { echo "Failed to $1: Access denied" >&2; exit 4; }
pid() { cat "$D/pid" 2>/dev/null || echo 0; }
alive() { [ "$(pid)" != 0 ] && ps -o stat= -p "$(pid)" 2>/dev/null | grep -qv Z; }
case "$1" in
  is-active) if alive; then echo active; else echo inactive; exit 3; fi;;
  show) if alive; then pid; else echo 0; fi;;
  is-enabled) if [ -e "$D/enabled" ]; then echo enabled; else echo disabled; exit 1; fi;;
  enable) touch "$D/enabled";;
  disable) rm -f "$D/enabled";;
  stop) if alive; then kill "$(pid)"; while alive; do sleep 0.02; done; fi; echo 0 > "$D/pid";;
  start) alive || { '${node}' "$D/parallelix-node.mjs" start >> "$D/out" 2>&1 < /dev/null & echo $! > "$D/pid"; };;
  *) exit 1;;
esac
exit 0
`;

export interface OfficialStandIn {
  readonly dir: string;
  /** To be put before everything else on PATH. */
  readonly bin: string;
  readonly calls: () => string[];
  readonly isEnabled: () => boolean;
  /** Null when it does not run. */
  readonly pid: () => number | null;
  refuse(verb: string): void;
  end(): void;
}

/** The official client's files, its unit, and tools that know them, in a home of their own. */
export function installOfficial(
  homeDir: string,
  node: {
    privateKey: string;
    nodeId: string | null;
    owner: string | null;
    coordinator: string;
    ollama: string;
  },
): OfficialStandIn {
  const dir = join(homeDir, '.parallelix');
  const bin = join(homeDir, 'bin');
  const unit = join(bin, 'unit');
  mkdirSync(unit, { recursive: true });
  const { privateKey, ...config } = node;
  writeOfficialNode(dir, privateKey, config);
  const daemon = pathToFileURL(join(import.meta.dirname, 'official-daemon.ts')).href;
  writeFileSync(join(unit, 'parallelix-node.mjs'), `import '${daemon}';\n`);
  writeFileSync(join(unit, 'enabled'), '');
  writeFileSync(join(unit, 'calls'), '');
  writeFileSync(join(bin, 'systemctl'), systemctl(process.execPath), { mode: 0o755 });
  const pid = () => {
    const text = existsSync(join(unit, 'pid')) ? readFileSync(join(unit, 'pid'), 'utf8').trim() : '0';
    return text === '0' || text === '' ? null : Number(text);
  };
  return {
    dir,
    bin,
    calls: () => readFileSync(join(unit, 'calls'), 'utf8').trim().split('\n'),
    isEnabled: () => existsSync(join(unit, 'enabled')),
    pid,
    refuse: (verb) => writeFileSync(join(unit, `refuse-${verb}`), ''),
    end() {
      const running = pid();
      try {
        if (running !== null) process.kill(running, 'SIGKILL');
      } catch {
        // It had ended.
      }
      rmSync(join(unit, 'pid'), { force: true });
    },
  };
}
