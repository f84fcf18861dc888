import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

export interface CompiledContract {
  /** JSON ABI. */
  abi: AbiEntry[];
  /** Creation code, 0x-prefixed. */
  bytecode: string;
}

export type AbiEntry = Record<string, unknown>;
export type CompiledContracts = Record<
  'PRLX' | 'NodeRegistryLocker' | 'OperatorStakeRewardsV2',
  CompiledContract
>;

/** Another text for a contract's source: other widths, another order. */
export type ChangeSource = (source: string, file: string) => string;

const sourceDir = fileURLToPath(new URL('./contracts/', import.meta.url));
const require = createRequire(import.meta.url);

const contract = z.object({
  abi: z.array(z.record(z.string(), z.unknown())),
  bytecode: z.string().startsWith('0x60'),
});
const contractsSchema = z.object({
  PRLX: contract,
  NodeRegistryLocker: contract,
  OperatorStakeRewardsV2: contract,
});

const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'cancun',
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};

/**
 * The reference contracts, compiled. The result is kept under node_modules/.cache by the hash of sources,
 * settings and compiler version, because loading the compiler alone takes longer than most tests.
 */
export async function compileContracts(
  change: ChangeSource = (source) => source,
): Promise<CompiledContracts> {
  const names = (await readdir(sourceDir)).filter((name) => name.endsWith('.sol')).sort();
  const sources = Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) =>
          [name, { content: change(await readFile(join(sourceDir, name), 'utf8'), name) }] as const,
      ),
    ),
  );
  const { version } = z.object({ version: z.string() }).parse(require('solc/package.json'));
  const key = createHash('sha256').update(JSON.stringify({ version, settings, sources })).digest('hex');
  const cacheDir = join(dirname(dirname(require.resolve('solc/package.json'))), '.cache', 'practice-network');
  const cacheFile = join(cacheDir, `contracts-${key.slice(0, 16)}.json`);

  const cached = await readFile(cacheFile, 'utf8').then(
    (text) => contractsSchema.safeParse(JSON.parse(text)),
    () => null,
  );
  if (cached?.success) return cached.data;

  const compiled = contractsSchema.parse(compile(sources));
  await mkdir(cacheDir, { recursive: true });
  // Renamed into place: several test processes may get here at once.
  const draft = `${cacheFile}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(compiled));
  await rename(draft, cacheFile);
  return compiled;
}

const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          evm: z.object({ bytecode: z.object({ object: z.string() }) }),
        }),
      ),
    )
    .default({}),
});

function compile(
  sources: Record<string, { content: string }>,
): Record<string, { abi: unknown; bytecode: string }> {
  const solc = loadCompiler();
  const input = JSON.stringify({ language: 'Solidity', sources, settings });
  const output = outputSchema.parse(JSON.parse(solc.compile(input)));
  const failures = output.errors.filter((error) => error.severity === 'error');
  if (failures.length > 0) throw new Error(failures.map((failure) => failure.formattedMessage).join('\n'));
  const found = Object.values(output.contracts).flatMap((contracts) => Object.entries(contracts));
  return Object.fromEntries(
    found.map(([name, made]) => [name, { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` }]),
  );
}

/** The compiler's runtime installs process-wide error handlers when it loads; they are taken off again. */
function loadCompiler(): { compile(input: string): string } {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)));
  const solc = require('solc') as { compile(input: string): string };
  events.forEach((event, place) => {
    for (const listener of process.rawListeners(event))
      if (!before[place]?.has(listener)) process.off(event, listener as () => void);
  });
  return solc;
}
