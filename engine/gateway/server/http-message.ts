/** A request and its answer, whichever server carries them. */

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent, percent-encoded, without the query; begins with `/`. */
  readonly path: string;
  /** Without the `?`. */
  readonly query: string;
  /** Lower-cased names; of repeated headers the values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Address of the peer; behind trusted proxies, of who asked. */
  readonly remote: string;
  /** It came over TLS, at least as far as the outermost proxy that is trusted. */
  readonly secure: boolean;
  /** What precedes every path of ours in the addresses that browsers use: `/earshot`; empty: nothing. */
  readonly base: string;
  /** Empty where there is none. */
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Left out of the answer to HEAD, whose content-length it still gives. */
  readonly body: Uint8Array | string;
  /** Opened once the head is out, not for HEAD: the answer goes on from there, in place of `body`. */
  readonly stream?: (out: AnswerStream) => StreamEvents;
}

/** An answer that goes on for as long as both sides like. */
export interface AnswerStream {
  /** Never throws; after the end it does nothing. */
  write(data: Uint8Array): void;
  /** Bytes written that the kernel has not taken. */
  buffered(): number;
  /** What was written still leaves. */
  end(): void;
}

export interface StreamEvents {
  /** What was written has left, all or most of it. */
  drain(): void;
  /** Once, last, whoever ended it. */
  closed(): void;
}

export function bytesOf({ body }: HttpAnswer): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

export function isBodiless(status: number, method: string): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
