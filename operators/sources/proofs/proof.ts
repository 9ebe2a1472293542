/** How a request proves who sent it: one file a scheme. Pure: hashes and the time are handed in; signatures are over the bytes that came. */
import type { Millis } from '../../../engine/core/types.ts';

export interface SourceRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type HashName = 'sha1' | 'sha256' | 'sha512';

export interface ProofCrypto {
  /** `parts`: one after the other, texts in UTF-8. */
  hmac(hash: HashName, key: string | Uint8Array, parts: readonly (string | Uint8Array)[], as: 'hex' | 'base64'): string;
  sha1(text: string): string;
  fromBase64(text: string): Uint8Array;
  /** In constant time. */
  isSame(a: string, b: string): boolean;
}

/** Of `verify`, read. What a scheme does not use is as its default. */
export interface VerifySettings {
  readonly scheme: SchemeName;
  /** A list while it rotates. */
  readonly secrets: readonly string[];
  /** In lower case. */
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  readonly prefix: string;
  /** The header of the time that is signed too, in lower case; empty: none. */
  readonly timestamp: string;
  /** What is signed: `{timestamp}` and `{body}` stand for themselves. */
  readonly signed: string;
  /** A request is taken for so long, by its own time. */
  readonly withinMs: Millis;
  /** Of the query parameter. */
  readonly parameter: string;
}

export const SCHEME_NAMES = [
  'hmac-sha256',
  'hmac-sha1',
  'hmac-sha512',
  'hub',
  'standard-webhooks',
  'stripe',
  'slack',
  'header',
  'query',
  'wjx',
  'none',
] as const;
export type SchemeName = (typeof SCHEME_NAMES)[number];

/** Whether it is proved. `value`: reads the payload, for those that sign within it. */
export type Proof = (
  request: SourceRequest,
  settings: VerifySettings,
  hashes: ProofCrypto,
  now: Millis,
  value: () => unknown,
) => boolean;

export function isWithin(at: Millis, now: Millis, withinMs: Millis): boolean {
  return Math.abs(now - at) <= withinMs; // false for NaN as well
}

/** Unix seconds, milliseconds or RFC 3339; NaN for anything else. */
export function signedTime(text: string): Millis {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{13}$/.test(text)) return Number(text);
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
}
