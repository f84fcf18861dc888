import { read, utils } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { cell, exportPiece } from '../../../../electron/daemon/earnings/export.ts';
import { dayMs, hourMs } from '../../../../electron/daemon/earnings/roll-up.ts';
import type { EarningsStore } from '../../../../electron/daemon/earnings/store.ts';
import { openRecord } from '../../../fixtures/storage/earnings-record.ts';

const startMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const hash = (block: number) => `0x${block.toString(16).padStart(64, '0')}`;
const prlx = 10n ** 18n;

function sample(store: EarningsStore, nodeId: string, atMs: number, earnedWei: bigint): void {
  const block = 1000 + (atMs - startMs) / minuteMs;
  store.addSample(nodeId, {
    ...{ block, blockHash: hash(block), blockMs: atMs, earnedWei },
    ...{ source: 'https://rpc.example', readMs: startMs },
  });
}

function claim(block: number, blockMs: number | null, amountWei: bigint, nodeId: string | null) {
  return {
    ...{ block, logIndex: 0, blockHash: hash(block), blockMs, transactionHash: hash(block), amountWei },
    ...{ owner: `0x${'ab'.repeat(20)}`, nodeId, unknownNode: null },
  };
}

/** All pieces as one document. */
function exported(store: EarningsStore, format: 'csv' | 'json', nodeId: string | null = null) {
  let text = '';
  let pieces = 0;
  let cursor: string | null = null;
  do {
    const piece: { text: string; cursor: string | null } = exportPiece({ format, nodeId, cursor }, { store });
    text += piece.text;
    cursor = piece.cursor;
    pieces += 1;
  } while (cursor !== null);
  return { text, pieces };
}

/** As a spreadsheet program opens the file; `asText` leaves every cell the text it is, as its import can. */
function opened(text: string, asText = true) {
  const sheet = Object.values(read(text, { type: 'string', raw: asText, cellFormula: true }).Sheets)[0];
  if (!sheet) throw new Error('no sheet');
  return { sheet, rows: utils.sheet_to_json<Record<string, string>>(sheet, { defval: '' }) };
}

describe('the export', () => {
  it('opens in a spreadsheet, every amount equal to the record to the wei', () => {
    const { store } = openRecord();
    for (const minute of [0, 5, 10]) {
      sample(store, '7', startMs + minute * minuteMs, BigInt(minute) * prlx + 1n);
      sample(store, '12', startMs + minute * minuteMs, BigInt(minute) * 3n);
    }
    store.setWeight('7', startMs, 187_500n * prlx * 10n);
    store.setActivity('7', { dayMs: startMs, online: 0.98765, served: 140, tokens: 90_000 });
    store.addClaims([claim(5000, startMs + dayMs + hourMs, 1234n * prlx + 5n, '7')]);
    const { rows } = opened(exported(store, 'csv').text);
    const empty = { block: '', transaction: '', price: '' };
    expect(rows).toEqual([
      {
        ...{ ...empty, date: '2026-01-01', kind: 'earned', node: '7', wei: String(10n * prlx) },
        ...{ prlx: '10.000000000000000000', complete: 'false', weight: '187500.000000000000000000' },
        ...{ uptime: '0.9877', served: '140', tokens: '90000' },
      },
      {
        ...{ ...empty, date: '2026-01-01', kind: 'earned', node: '12', wei: '30' },
        ...{ prlx: '0.000000000000000030', complete: 'false', weight: '' },
        ...{ uptime: '', served: '', tokens: '' },
      },
      {
        ...{ date: '2026-01-02T01:00:00.000Z', kind: 'claimed', node: '7', wei: String(1234n * prlx + 5n) },
        ...{ prlx: '1234.000000000000000005', complete: '', block: '5000', transaction: hash(5000) },
        ...{ weight: '', uptime: '', served: '', tokens: '', price: '' },
      },
    ]);
  });

  it('holds nothing that a spreadsheet runs, whatever a chain or a file gave', () => {
    const { store } = openRecord();
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("https://a.example","b")'];
    formulas.forEach((formula, index) => {
      const odd = { ...claim(10 + index, startMs, 1n, null), transactionHash: formula };
      store.addClaims([odd]);
      expect(cell(formula)).toMatch(/^"?'/);
    });
    const { sheet, rows } = opened(exported(store, 'csv').text, false);
    const cells = Object.values(sheet).filter((one) => typeof one === 'object' && one !== null && 't' in one);
    expect(cells.filter((one) => 'f' in one)).toEqual([]);
    expect(rows.map(({ transaction }) => transaction?.replace(/\r\n?/g, '\n'))).toEqual(
      formulas.map((formula) => `'${formula.replace('\r', '\n')}`),
    );
    // The same library runs what is not made safe.
    expect(Object.values(opened('a\r\n=1+1\r\n', false).sheet).some((one) => one?.f === '1+1')).toBe(true);
  });

  it('is one node where one is asked for, with the claims that are known to be its own', () => {
    const { store } = openRecord();
    for (const id of ['7', '12'])
      for (const minute of [0, 5]) sample(store, id, startMs + minute * minuteMs, 9n);
    store.addClaims([
      claim(2000, startMs, 1n, '7'),
      claim(2001, startMs, 2n, '12'),
      claim(2002, startMs, 3n, null),
    ]);
    expect(
      opened(exported(store, 'csv', '12').text).rows.map(({ kind, node, wei }) => [kind, node, wei]),
    ).toEqual([
      ['earned', '12', '0'],
      ['claimed', '12', '2'],
    ]);
  });

  it('comes in pieces that are one document, days and claims in their order, and what has no time last', () => {
    const { store } = openRecord();
    for (let day = 0; day < 1200; day++) {
      store.setActivity('7', { dayMs: startMs + day * dayMs, online: null, served: 3, tokens: null });
      if (day % 3 === 0) store.addClaims([claim(day, startMs + day * dayMs + hourMs, BigInt(day), '7')]);
    }
    store.addClaims([claim(9_000_000, null, 77n, null)]);
    for (const format of ['csv', 'json'] as const) {
      const { text, pieces } = exported(store, format);
      expect(pieces).toBeGreaterThan(10);
      const rows = format === 'csv' ? opened(text).rows : (JSON.parse(text) as Record<string, string>[]);
      expect(rows).toHaveLength(1200 + 400 + 1);
      expect(rows.at(-1)).toMatchObject({ date: '', kind: 'claimed', wei: '77', node: '' });
      const dates = rows.slice(0, -1).map(({ date }) => date ?? '');
      expect(dates).toEqual(dates.toSorted());
      expect(rows[0]).toMatchObject({ kind: 'earned', wei: '', prlx: '', complete: '', served: '3' });
      expect(exported(store, format, '999').text.trim()).toBe(
        format === 'csv' ? text.split('\r\n')[0] : '[\n\n]',
      );
    }
  });
});
