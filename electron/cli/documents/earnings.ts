import * as z from 'zod';
import { chainCommands, chainSection } from '../../../shared/contract/chain.ts';
import { earnedSection, earningsCommands } from '../../../shared/contract/earnings.ts';
import { document } from './documents.ts';

/** What `earnings --json` prints, once or for every reading with `--watch`. Amounts in wei. */
export const earningsDocument = z.strictObject({
  ...document('earnings'),
  head: chainSection.shape.head,
  node: chainSection.shape.node,
  earned: earnedSection,
  /** The newest ones; null with `--watch`. */
  claims: earningsCommands['earnings.claims'].output.nullable(),
});

export const nodesDocument = z.strictObject({
  ...document('nodes'),
  ...chainCommands['nodes.ofWallet'].output.shape,
});
