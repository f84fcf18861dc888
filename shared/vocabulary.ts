import * as z from 'zod';
import { checkIds } from './check-findings.ts';
import { snapshotSections } from './contract/snapshot.ts';
import { findingCodes } from './hardware/findings.ts';
import { gpuUnusedCauses } from './hardware/gpu-causes.ts';
import { phaseRows } from './states/phases.ts';
import { badges, states } from './states/table.ts';
import { findingNames } from './texts/check-text.ts';
import { errorText, reasonNames } from './texts/error-text.ts';
import { eventNames } from './texts/event-text.ts';
import { failureNames } from './texts/failure-text.ts';
import { notServableNames } from './texts/servable-text.ts';

/** Values of the product's own that no list above holds. */
const others = [
  ...['the app', 'the command line', 'a daemon runs', 'no daemon answers'],
  ...['linux', 'darwin', 'x64', 'arm64', 'true', 'false', 'none'],
  ...['completion', 'embedding', 'vision', 'tools', 'insert', 'thinking', 'cloud'],
];

let known: ReadonlySet<string> | null = null;

/**
 * The product's fixed vocabulary: every code, event name and fixed value that can stand in the log or in a support
 * report. None of it is anybody's name, even where somebody has named a computer like it.
 */
export function vocabulary(): ReadonlySet<string> {
  known ??= new Set([
    ...checkIds,
    ...findingNames,
    ...findingCodes,
    ...gpuUnusedCauses,
    ...[...states, ...badges, ...phaseRows].map(({ code }) => code),
    ...Object.keys(errorText),
    ...failureNames,
    ...notServableNames,
    ...reasonNames,
    ...eventNames,
    ...valuesOf(z.object(snapshotSections)),
    ...others,
  ]);
  return known;
}

/** Whether a text is nothing but fixed vocabulary: one term, or several in a list. */
export function isVocabulary(text: string): boolean {
  const terms = vocabulary();
  return terms.has(text) || (text.includes(', ') && text.split(', ').every((part) => terms.has(part)));
}

/** A term of several words, such as the name of an event; one word alone is as likely to be a name. */
const compound = /[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+/g;

/** Whether the word at `at`, `length` characters long, is a term of several words, or part of one. */
export function isPartOfTerm(text: string, at: number, length: number): boolean {
  for (const match of text.matchAll(compound)) {
    const end = match.index + match[0].length;
    if (match.index <= at && at + length <= end) return vocabulary().has(match[0]);
  }
  return false;
}

/** The fixed values that a schema allows. */
function valuesOf(schema: unknown): string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return valuesOf(schema.unwrap());
  if (schema instanceof z.ZodArray) return valuesOf(schema.element);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(valuesOf);
  if (schema instanceof z.ZodObject) return Object.values(schema.shape).flatMap(valuesOf);
  return [];
}
