import { open, rename, rm } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { errorCode, fileError } from '../../daemon/storage/atomic-file.ts';
import type { DaemonLink } from '../daemon-link.ts';

export interface ExportChoice {
  format: 'csv' | 'json';
  /** Null: every node on record. */
  nodeId: string | null;
}

/**
 * The pieces of an export, as the daemon gives them: joined they are one document.
 *
 * @throws NodeError what the daemon answers
 */
export async function* exportPieces(
  daemon: Pick<DaemonLink, 'ask'>,
  { format, nodeId }: ExportChoice,
): AsyncGenerator<string> {
  let cursor: string | null = null;
  do {
    const piece: { text: string; cursor: string | null } = await daemon.ask('earnings.export', {
      format,
      nodeId,
      cursor,
    });
    yield piece.text;
    cursor = piece.cursor;
  } while (cursor !== null);
}

/**
 * Writes an export piece by piece beside its place and then puts it there, so that a file is never half an export.
 *
 * @throws NodeError `disk-full`, `export-not-written`, and what the daemon answers
 */
export async function saveExport(
  daemon: Pick<DaemonLink, 'ask'>,
  choice: ExportChoice,
  path: string,
): Promise<void> {
  const draft = `${path}.part`;
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      for await (const text of exportPieces(daemon, choice)) await file.write(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const known = fileError(error, path);
    if (!isNodeError(known, 'state-dir-unusable')) throw known;
    const reason = errorCode(error) ?? 'unexpected error';
    throw new NodeError('export-not-written', { path, reason }, { cause: error });
  }
}
