import * as z from 'zod';
import ethereumFile from '../../../resources/ethereum.json' with { type: 'json' };

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** The official network on Ethereum, and who can be asked about it. [network.md 9] */
export const ethereum = z
  .strictObject({
    chainId: z.int().positive(),
    coordinator: z.url(),
    contracts: z.strictObject({ token: address, registry: address, rewards: address }),
    /** Public RPCs, asked in this order. Each learns this computer's IP address and which node it asks about. */
    rpcs: z.array(z.strictObject({ url: z.url({ protocol: /^https$/ }), operator: z.string() })).nonempty(),
    /** As the guide gives it, not as the chain does. */
    stream: z.strictObject({ prlxPerDay: z.number(), bucketPrlx: z.number(), months: z.int() }),
    cooldownDays: z.int().positive(),
    source: z.string(),
  })
  .parse(ethereumFile);
