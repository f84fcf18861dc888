import type { InferenceRequest } from './inbox.ts';

/** A request on its way through this node. */
export interface Job {
  seq: number;
  request: InferenceRequest;
  acceptedAtMs: number;
  /** Monotonic time after which the answer is late. */
  deadlineAtMs: number;
  /** Aborts the generation; the reason given is the failure that is reported. */
  abort: AbortController;
  /** What has come of the answer: lines of the stream, of which Ollama sends one a token, since the first of them. */
  stream: { tokens: number; firstAtMs: number };
}
