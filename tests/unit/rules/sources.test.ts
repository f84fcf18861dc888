import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles } from '../../fixtures/rules/files.ts';
import { root } from '../../fixtures/rules/probe.ts';

const files = projectFiles();

/** A document of ours in brackets, and what of it is meant. */
const citation = /\[([a-z-]+\.md)((?:[ ,:]|\s\*?\s?)[^\]]*)?\]/g;

/** Why a citation leads nowhere; null when it does not. */
function fault(document: string, place: string): string | null {
  const path = join(root, 'docs', document);
  if (!existsSync(path)) return 'no such document';
  const text = readFileSync(path, 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  const quoted = /"([^"]+)"/.exec(place)?.[1];
  if (quoted !== undefined) return headings.includes(quoted) ? null : `no heading "${quoted}"`;
  const [where = '', words] = place.split(/:(.*)/s);
  for (const number of where.match(/(?<![A-Z\d.])\d+(?:\.\d+)*/g) ?? [])
    if (!headings.some((heading) => heading.startsWith(`${number} `) || heading.startsWith(`${number}. `)))
      return `no section ${number}`;
  for (const row of where.match(/\b[WQ]\d+\b/g) ?? [])
    if (!new RegExp(`^- ${row} `, 'm').test(text)) return `no row ${row}`;
  if (words !== undefined && !text.includes(words.trim())) return `"${words.trim()}" does not stand there`;
  const understood = where.replace(/\b[WQ]?\d+(\.\d+)*\b|and|[\s,.*–-]/g, '');
  return understood === '' ? null : `"${understood}" is no place in a document`;
}

describe('sources in brackets', () => {
  const citations = files.flatMap(({ path, text }) =>
    [...text.matchAll(citation)]
      // A link of a document to another one: [file.md](file.md).
      .filter((found) => text[found.index + found[0].length] !== '(')
      .map(([whole, document = '', place = '']) => ({ path, whole, document, place })),
  );

  it('lead to a heading or a numbered row of a document in docs/', () => {
    expect(citations.length).toBeGreaterThan(50);
    const broken = citations
      .map(({ path, whole, document, place }) => ({ path, whole, fault: fault(document, place) }))
      .filter((each) => each.fault !== null);
    expect(broken).toEqual([]);
  });

  it.each([
    ['anchor.md', ''],
    ['network.md', ' 99'],
    ['network.md', ' 6.9'],
    ['network.md', ' 15, W99'],
    ['network.md', ' 6: no-such-endpoint'],
    ['packaging.md', ', "No such heading"'],
    ['network.md', ' somewhere'],
  ])('one that leads nowhere is found: %s%s', (document, place) => {
    expect(fault(document, place)).not.toBeNull();
  });
});

describe('the checkout is all there is', () => {
  /** Where a relative path in quotes leads, from the folder of the file or, in tasks and documents, from the root. */
  const leaves = (path: string, from: string) =>
    relative(root, join(root, dirname(path), from)).startsWith('..');

  it('a path that leads out is told from one that does not', () => {
    expect(leaves('tests/unit/a.test.ts', '../../../documents/design.md')).toBe(true);
    expect(leaves('docs/design.md', '../../documents/design.md')).toBe(true);
    expect(leaves('tests/unit/a.test.ts', '../../shared/ids.ts')).toBe(false);
  });

  it('no import, path or link leads out of it', () => {
    const out = files
      .filter(({ path }) => path !== 'tests/unit/rules/sources.test.ts')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/['"`(]((?:\.\.\/)+[\w./-]*)['"`)]/g)]
          .filter(([, from = '']) => leaves(path, from))
          .map(([, from]) => `${path}: ${from}`),
      );
    expect(out).toEqual([]);
  });

  it('no path that is put together from the file’s own folder leads out of it', () => {
    const own = /(?:import\.meta\.dirname|__dirname)((?:,\s*'\.\.')+)/g;
    const out = files.flatMap(({ path, text }) =>
      [...text.matchAll(own)]
        .filter(([, steps = '']) => leaves(path, '../'.repeat(steps.split("'..'").length - 1)))
        .map(([whole]) => `${path}: ${whole}`),
    );
    expect(out).toEqual([]);
  });
});
