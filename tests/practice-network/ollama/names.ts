/** A name that Ollama takes: parts of letters, digits, `-`, `_` and `.`, each beginning with a letter, digit or `_`. */
const part = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const host = '[A-Za-z0-9_][A-Za-z0-9_.:-]*';
const valid = new RegExp(`^(?:${host}/${part}/|${part}/)?${part}(?::${part})?$`);

/** [ollama types/model/name.go: IsValid] */
export function isValidName(name: string): boolean {
  return name.length <= 350 && valid.test(name.trim());
}

/** A name by which Ollama's cloud is meant, installed or not. [ollama internal/modelref: parseSourceSuffix] */
export function isCloudName(name: string): boolean {
  return /:(?:[^/]*-)?cloud$/i.test(name.trim());
}

/** [ollama internal/cloud/policy.go] */
export const cloudDisabled = (operation: string) => `ollama cloud is disabled: ${operation}`;
