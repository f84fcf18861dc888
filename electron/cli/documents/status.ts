import * as z from 'zod';
import { snapshotSections } from '../../../shared/contract/snapshot.ts';
import { document, parameters, stateText } from './documents.ts';

const identityOnDisk = z.strictObject({
  nodeKeyHash: z.string().nullable(),
  nodeAddress: z.string().nullable(),
  nodeId: z.string().nullable(),
  owner: z.string().nullable(),
  keyStore: z.string().nullable(),
  /** Why the identity cannot be read, as text. */
  problem: z.string().nullable(),
});

const { state: _state, badges: _badges, ...sections } = snapshotSections;
type Sections = { [Name in keyof typeof sections]: z.ZodNullable<(typeof sections)[Name]> };
const nullableSections = Object.fromEntries(
  Object.entries(sections).map(([name, schema]) => [name, (schema as z.ZodType).nullable()]),
) as unknown as Sections;

export const statusDocument = z.strictObject({
  ...document('status'),
  running: z.boolean(),
  /** False: the running node is of another version and only `process` and the texts of `state` are known. */
  compatible: z.boolean().nullable(),
  process: z
    .strictObject({ pid: z.number(), version: z.string(), contract: z.number(), uptimeMs: z.number() })
    .nullable(),
  state: stateText.nullable(),
  badges: z.array(
    z.strictObject({
      code: z.string(),
      sentence: z.string(),
      what: z.string(),
      effect: z.string(),
      action: z.string().nullable(),
      button: z.string().nullable(),
      params: parameters,
    }),
  ),
  ...nullableSections,
  onDisk: z.strictObject({ stateDir: z.string(), identity: identityOnDisk.nullable() }),
});
export type StatusDocument = z.input<typeof statusDocument>;
