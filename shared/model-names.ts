/** The parts of a model name, with Ollama's defaults filled in, lower case. */
export interface ModelName {
  host: string;
  namespace: string;
  model: string;
  tag: string;
}

/** Where Ollama gets models whose name begins with no other host. */
export const defaultRegistryHost = 'registry.ollama.ai';
const defaultNamespace = 'library';
const defaultTag = 'latest';

const host = /^[a-z0-9_][a-z0-9_.:-]{0,349}$/;
const namespace = /^[a-z0-9_][a-z0-9_-]{0,79}$/;
const part = /^[a-z0-9_][a-z0-9_.-]{0,79}$/;

/**
 * Reads `[host/][namespace/]model[:tag]` by Ollama's own rules; null when Ollama would refuse the name.
 * [ollama types/model/name.go]
 */
export function parseModelName(text: string): ModelName | null {
  let rest = text.toLowerCase();
  let tag = defaultTag;
  // A colon before the last slash belongs to the host's port.
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    rest = rest.slice(0, colon);
  }
  const parts = rest.replace(/^https?:\/\//, '').split('/');
  const model = parts.pop() ?? '';
  const name = { host: defaultRegistryHost, namespace: parts.pop() ?? defaultNamespace, model, tag };
  if (parts.length > 0) name.host = parts.join('/');
  const valid =
    host.test(name.host) && namespace.test(name.namespace) && part.test(name.model) && part.test(name.tag);
  return valid ? name : null;
}

/**
 * The full, comparable form of a name: `llama3.2`, `library/llama3.2` and `Llama3.2:latest` come out the same. A
 * name that Ollama would refuse is returned as it is, so it equals only itself.
 */
export function normalModelName(text: string): string {
  const name = parseModelName(text);
  return name ? `${name.host}/${name.namespace}/${name.model}:${name.tag}` : text;
}

/** Whether Ollama would take both names for the same model. Never a prefix comparison. */
export function sameModel(a: string, b: string): boolean {
  return a === b || normalModelName(a) === normalModelName(b);
}

/** The installed entry that `requested` means, as it is listed; an exactly equal name first. Null when none. */
export function findModel<M extends { name: string }>(requested: string, installed: readonly M[]): M | null {
  const wanted = normalModelName(requested);
  return (
    installed.find((model) => model.name === requested) ??
    installed.find((model) => normalModelName(model.name) === wanted) ??
    null
  );
}

/** Whether Ollama forwards requests for this name to its cloud: `model:cloud`, `model:120b-cloud`. */
export function isCloudName(text: string): boolean {
  const tag = parseModelName(text)?.tag;
  return tag === 'cloud' || tag?.endsWith('-cloud') === true;
}
