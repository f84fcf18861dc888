import type { IdentityBackup } from '../../../daemon/identity/identity-backup.ts';
import type { AdoptionResult } from '../../../node/operations/keys/adopt.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What a person is shown of a key that came from elsewhere. */
export function adoptedText(terminal: Terminal, adopted: AdoptionResult, source: string): string {
  const { record, place, alreadyHere, archived, quarantined } = adopted;
  const head = alreadyHere
    ? `${terminal.paint('good', '✓')} ${terminal.bold('This key was here already.')} It stays where it is.`
    : `${terminal.paint('good', '✓')} ${terminal.bold('The node key is in place')}, taken from ${source} and read back.`;
  const moved = archived === null ? [] : [paragraph(terminal, archivedText(archived)), ''];
  const next = quarantined
    ? 'It isn’t used before the old computer is off. Two computers with one key lose each other’s work. When it is off: parallelix-operator key confirm --old-machine-is-off'
    : 'Start with: parallelix-operator start';
  return [
    head,
    '',
    ...moved,
    facts(terminal, [
      ['nodeKeyHash', record.nodeKeyHash],
      ['node', record.nodeId ?? 'not known here; looked up at the start'],
      ['owner', record.owner ?? 'not known here; looked up at the start'],
      ['key file', place],
    ]),
    '',
    paragraph(terminal, next),
  ].join('\n');
}

function archivedText({ keyFile, recordFile }: IdentityBackup): string {
  const parts = [
    ...(keyFile === null ? [] : [`the previous key is in ${keyFile}`]),
    ...(recordFile === null ? [] : [`its record in ${recordFile}`]),
  ];
  return `Backed up first: ${parts.join(', ')}.`;
}

/** What the documents of restore and import have in common. */
export function adoptedFields({
  record,
  place,
  protection,
  alreadyHere,
  archived,
  quarantined,
}: AdoptionResult) {
  const { nodeKeyHash, nodeAddress, nodeId, owner } = record;
  return {
    nodeKeyHash,
    nodeAddress,
    nodeId,
    owner,
    keyFile: place,
    protection,
    alreadyHere,
    held: quarantined,
    setAside: archived,
  };
}
