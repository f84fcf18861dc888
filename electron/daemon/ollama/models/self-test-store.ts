import * as z from 'zod';
import { type SelfTestReport, selfTestsSection } from '../../../../shared/contract/ollama.ts';
import { readSmallFileSync, writeFileAtomic } from '../../storage/atomic-file.ts';

/** Keeps what self-tests showed, the newest of each model. */
export interface SelfTestStore {
  /** Nothing, when there is none or it cannot be read: a test can be made again. */
  load(): SelfTestReport[];
  /** Never rejects: figures that cannot be kept are still shown. */
  save(reports: readonly SelfTestReport[]): Promise<void>;
}

const document = z.object({ schemaVersion: z.literal(1), tests: selfTestsSection });
/** Of more models than anybody has. */
const mostTests = 200;
const largestFileBytes = 1024 * 1024;

export function createSelfTestStore(path: string): SelfTestStore {
  return {
    load() {
      try {
        const parsed = document.parse(JSON.parse(readSmallFileSync(path, largestFileBytes) ?? 'null'));
        return parsed.tests.filter(({ state }) => state === 'done').slice(-mostTests);
      } catch {
        return [];
      }
    },
    async save(reports) {
      const tests = reports.slice(-mostTests);
      try {
        await writeFileAtomic(path, `${JSON.stringify({ schemaVersion: 1, tests }, null, 2)}\n`);
      } catch {
        // A full disk costs the figures, not the node.
      }
    },
  };
}
