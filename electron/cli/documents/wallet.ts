import * as z from 'zod';
import { chainCommands } from '../../../shared/contract/chain.ts';
import { walletActions } from '../../../shared/wallet/calls.ts';
import { document } from './documents.ts';

const action = z.enum(walletActions);

/** What `register`, `claim`, `unstake`, `cancel-unstake` and `withdraw` print with `--json`. Nothing was signed or sent. */
export const walletDocument = z.strictObject({
  ...document('wallet-call'),
  action,
  /** In the order in which the wallet is asked. */
  calls: z.array(
    z.strictObject({
      action,
      contract: z.strictObject({ name: z.string(), address: z.string() }),
      function: z.string(),
      /** Null: not known yet. Amounts in wei. */
      arguments: z.array(
        z.strictObject({ name: z.string(), value: z.string().nullable(), note: z.string().optional() }),
      ),
      chain: z.strictObject({ id: z.number(), name: z.string() }),
      link: z.string(),
      walletLink: z.string(),
      prefilled: z.boolean(),
    }),
  ),
  preconditions: z.array(
    z.strictObject({
      code: z.string(),
      blocks: z.boolean(),
      fact: z.union([z.string(), z.number(), z.null()]),
    }),
  ),
  owner: z.string().nullable(),
  /** Null: not known. */
  feeWei: z.string().nullable(),
  /** For a wallet that takes raw calls, without ETH; null unless the owner's call was tried just now and goes through. */
  rawCall: z.strictObject({ to: z.string(), data: z.string() }).nullable(),
  funds: chainCommands['wallet.look'].output.nullable(),
  /** Whether a browser was opened; null: not asked for, or something stands against it. */
  opened: z.boolean().nullable(),
});
