/** Parts of letters, digits, `-`, `_` and `.`, each beginning with a letter, digit or `_`; a namespace has no dot. */
const part = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}';
const namespace = '[A-Za-z0-9_][A-Za-z0-9_-]{0,79}';
const host = '[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}';
const valid = new RegExp(`^(?:(?:${host}/)?${namespace}/)?${part}(?::${part})?$`);

/** Whether Ollama takes a name. [ollama types/model/name.go: isValidPart] */
export function isValidName(name: string): boolean {
  return valid.test(name.trim());
}

/** A name by which Ollama's cloud is meant, installed or not. [ollama internal/modelref: parseSourceSuffix] */
export function isCloudName(name: string): boolean {
  return /:(?:[^/]*-)?cloud$/i.test(name.trim());
}

/** [ollama internal/cloud/policy.go] */
export const cloudDisabled = (operation: string) => `ollama cloud is disabled: ${operation}`;
