import { askSchemas } from '../../shared/contract/app.ts';

/** Inputs, as code, that no command takes; those that one happens to take are left out. */
export function wrongInputs(name: string): string[] {
  const schema = askSchemas(name)?.input;
  return candidates.filter((code) => {
    const value: unknown = new Function(`return (${code})`)();
    return schema?.safeParse(value ?? {}).success === false;
  });
}

const candidates = [
  '5',
  "'text'",
  '[]',
  'true',
  '{ unknown: 1 }',
  '{ forMs: "soon" }',
  '{ name: 5 }',
  '{ model: "" }',
  '{ model: { $ne: null } }',
  '{ url: 5 }',
  '{ on: "yes" }',
  '{ keyStore: "cloud" }',
  '{ limit: -1 }',
  '{ passphrase: "short" }',
];
