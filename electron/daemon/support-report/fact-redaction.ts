import { createRedactor } from '../logging/redaction.ts';
import type { Sensitive } from './leak-scan.ts';

/** Redacts what a support report says, apart from the words that it says it in. */
export interface FactRedaction {
  /** The same value with every text in it redacted; its fixed names stay. */
  facts<T>(value: T): T;
  /** A whole line: nothing that looks like a secret is left in it, whatever it was put together from. */
  line(line: string): string;
  /** Every text that was given out, as it was given out. */
  readonly given: readonly string[];
}

/** A name of a field, as the program gives them. */
const fieldName = /^[A-Za-z]\w{0,40}$/;

export function createFactRedaction(sensitive: Sensitive): FactRedaction {
  const withNames = createRedactor(sensitive);
  const secretsOnly = createRedactor({ ...sensitive, userName: '', hostName: '' });
  for (const secret of sensitive.secrets)
    for (const redactor of [withNames, secretsOnly]) redactor.protect(secret.trim());
  const given: string[] = [];

  function text(raw: string): string {
    const clean = raw
      .split('\n')
      .map((line) => withNames.text(shortened(line)))
      .join('\n');
    given.push(clean);
    return clean;
  }

  function redacted(value: unknown): unknown {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(redacted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [fieldName.test(name) ? name : text(name), redacted(part)]),
    );
  }

  return {
    facts: <T>(value: T) => redacted(value) as T,
    line: (line) => secretsOnly.text(shortened(line)),
    given,
  };
}

/** A hash is as long as a key; what is left of one distinguishes two and is of no use to anybody. */
function shortened(line: string): string {
  return line.replace(/\b(0x[0-9a-f]{8})[0-9a-f]{24,}\b/gi, '$1…');
}
