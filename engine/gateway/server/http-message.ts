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
}

export function bytesOf({ body }: HttpAnswer): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

export function isBodiless(status: number, method: string): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
