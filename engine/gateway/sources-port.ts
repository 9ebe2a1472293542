/** Messages of others over HTTP (`sources` in the configuration): what the gateway hands over, and what came of it. */
import type { NotStored } from './answers-port.ts';

export interface SourceMessage {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** As it was sent, unpacked. */
  readonly body: Uint8Array;
}

export type SourceOutcome =
  /** Stored; `unmapped`: what became no event, and is a dead letter. */
  | { readonly kind: 'taken'; readonly accepted: readonly string[]; readonly unmapped: number }
  | { readonly kind: 'unknown' }
  /** Not proved, for whatever reason. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'too_large'; readonly limit: number }
  /** Proved, and no payload: it is a dead letter. */
  | { readonly kind: 'unreadable'; readonly fault: string }
  | { readonly kind: 'not_stored'; readonly why: NotStored };

export interface SourcesPort {
  receive(source: string, message: SourceMessage): Promise<SourceOutcome>;
}
