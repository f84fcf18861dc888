/** A request with every limit it runs under. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  url: string;
  /** Sent as UTF-8, as `application/json` unless `headers` says otherwise. */
  body?: string;
  headers?: Record<string, string>;
  /** For all of it: connecting, headers and body, redirects included. For `stream` only until the headers. */
  timeoutMs: number;
  /** The connection is cut as soon as the body is longer; no more than this is ever held in memory. */
  maxBodyBytes: number;
  signal?: AbortSignal;
  /** May be sent again when a kept-alive connection turns out to be closed. By default true for GET and HEAD only. */
  repeatable?: boolean;
  /**
   * The status is what counts: a body that is too long, breaks off or stalls until the time-out
   * then gives an answer marked `truncated` instead of an error.
   */
  partialBody?: boolean;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; several values of one name joined with ', '. */
  headers: Record<string, string>;
  /** UTF-8, invalid bytes replaced by U+FFFD. */
  body: string;
  /** Only with `partialBody`: the body is not whole. */
  truncated: boolean;
  /** From the request having left to the headers of the answer; connecting is not part of it. */
  roundTripMs: number;
  /** Unix time at which the headers arrived. */
  receivedAtMs: number;
}

export interface HttpStream {
  status: number;
  headers: Record<string, string>;
  /** To be read once, and then ended with `close` or `letEnd`; failures and aborts throw a NodeError. */
  chunks: AsyncIterable<Uint8Array>;
  /** Closes the connection: the server stops what it is doing. */
  close(): void;
  /**
   * To be called before the loop over `chunks` is left: what is still to come is of no interest, but is
   * read off for a moment, so that the connection can be used again.
   */
  letEnd(): void;
}
