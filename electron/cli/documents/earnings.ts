import * as z from 'zod';
import { chainCommands, chainSection, unknownReasons } from '../../../shared/contract/chain.ts';
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

/** What `nodes` prints, also after a change of the list. */
export const nodesDocument = z.strictObject({
  ...document('nodes'),
  /** Null with `nodes` and `nodes list`. */
  change: z
    .strictObject({
      verb: z.enum(['add', 'remove', 'scan']),
      nodeId: z.string().nullable(),
      done: z.boolean(),
      reason: z.enum([...unknownReasons, 'listed', 'full']).nullable(),
    })
    .nullable(),
  ...chainCommands['nodes.ofWallet'].output.shape,
});
