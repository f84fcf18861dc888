import type { OllamaCondition } from '../../../../shared/contract/ollama.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import { judgeOllamaVersion, oldestOllama } from '../api/version.ts';
import type { OllamaStatus } from '../models/watch.ts';

/** What is known of the server beside what it answers. */
export interface ServerFacts {
  remote: boolean;
  binary: string | null;
  /** Our own server: whether its process lives, and whether it has answered since it was started. */
  ours: 'none' | 'launching' | 'silent' | 'has-answered';
  /** It ended too often in too short a time. */
  crashing: boolean;
  /** Another program has the address, though it does not answer as Ollama does. */
  addressTaken: boolean;
  /** A person stopped it. */
  stoppedByUser: boolean;
  /** Ollama is installed as a service of the system, which starts it by itself. */
  ownService: boolean;
  /** Why our server ended last; null when it never did. */
  lastEnd: Reason | null;
}

/** What all of it means, in one word: whether Ollama runs and, if not, why not. */
export function judgeCondition(
  known: Pick<OllamaStatus, 'state' | 'reason' | 'version'>,
  facts: ServerFacts,
): { condition: OllamaCondition; reason: Reason | null; server: 'ours' | 'users' | 'remote' | null } {
  const { remote, ours } = facts;
  const alive = ours === 'silent' || ours === 'has-answered';
  if (known.state === 'running') {
    const server = remote ? 'remote' : alive ? 'ours' : 'users';
    if (judgeOllamaVersion(known.version) !== 'too-old')
      return { condition: 'running', reason: null, server };
    return { condition: 'too-old', reason: `older-than(${known.version}, ${oldestOllama})`, server };
  }
  if (known.state === 'failing') {
    return { condition: 'failing', reason: known.reason, server: alive ? 'ours' : null };
  }
  if (remote) {
    return {
      condition: known.state === 'unknown' ? 'unknown' : 'unreachable',
      reason: known.reason,
      server: null,
    };
  }
  if (ours === 'has-answered') return { condition: 'failing', reason: 'not-answering', server: 'ours' };
  if (facts.addressTaken) return { condition: 'failing', reason: 'EADDRINUSE', server: null };
  if (ours === 'silent') return { condition: 'starting', reason: null, server: 'ours' };
  if (ours === 'launching') return { condition: 'starting', reason: null, server: null };
  return { ...whyNone(known, facts), server: null };
}

function whyNone(
  known: Pick<OllamaStatus, 'state' | 'reason'>,
  facts: ServerFacts,
): { condition: OllamaCondition; reason: Reason | null } {
  if (facts.crashing) return { condition: 'crashing', reason: facts.lastEnd };
  if (known.state === 'unknown') return { condition: 'unknown', reason: null };
  if (facts.binary === null) return { condition: 'not-installed', reason: known.reason };
  if (facts.stoppedByUser) return { condition: 'stopped', reason: 'stopped-on-request' };
  if (facts.lastEnd !== null) return { condition: 'stopped', reason: facts.lastEnd };
  return { condition: 'stopped', reason: facts.ownService ? 'own-service' : known.reason };
}
