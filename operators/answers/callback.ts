/**
 * How tools call back when people answer there: one file a kind. Each proves a request by what its tool signs, and says what
 * somebody decided. Pure: hashes, keys and the time are handed in. What is not proved is refused without saying why.
 */
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import type { Section } from '../config/config-values.ts';
import type { Fields } from '../config/config-schema-forms.ts';

export interface CallbackRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent: signatures are over these bytes, never over what was parsed and written again. */
  readonly body: string;
}

export interface CallbackCrypto {
  hmacSha256(key: string, text: string, encoding: 'hex' | 'base64'): string;
  sha256(text: string): string;
  sha1(text: string): string;
  /** In constant time. */
  isSame(a: string, b: string): boolean;
  /** AES-256-CBC, the key SHA-256 of `key`, the IV in front; null: it does not open. */
  open(key: string, base64: string): string | null;
}

/** What somebody decided: by the token of the notice's button, or about an alert that the tool knows by our key. */
export type Decision =
  | { readonly do: 'ack'; readonly token: string; readonly by: string }
  | { readonly do: 'ack' | 'unack'; readonly alert: string; readonly by: string; readonly note: string | null };

export type Callback =
  /** Not proved. */
  | { readonly kind: 'refused' }
  /** Proved, and not understood. */
  | { readonly kind: 'unreadable' }
  /** The tool asks whether we are there. */
  | { readonly kind: 'challenge'; readonly reply: JsonObject }
  | {
      readonly kind: 'answer';
      /** The same on every attempt; what a token decides is known by the token. */
      readonly id: string;
      readonly decisions: readonly Decision[];
      /** Where the message that was answered can be replaced; left out: in the reply, or nowhere. */
      readonly replaceAt?: string;
      /** The reply may hold what the message becomes. */
      readonly takesMessage?: boolean;
    };

/** Secrets by which a tool's callbacks are proved: never empty. */
export interface CallbackSettings {
  /** A list while it rotates. */
  readonly secrets: readonly string[];
  /** Feishu's verification token. */
  readonly token: string | null;
}

export interface CallbackKind {
  readonly kind: string;
  /** Of `callback` in the configuration. */
  readonly fields: Fields;
  readonly required: readonly string[];
  /** Buttons of its messages come back by it. */
  readonly hasButtons: boolean;
  read(section: Section): CallbackSettings;
  receive(request: CallbackRequest, settings: CallbackSettings, hashes: CallbackCrypto, now: Millis): Callback;
  /** What a taken answer is answered with; null: nothing. `message`: what it becomes, where the reply may hold that. */
  readonly reply: (language: 'zh-CN' | 'en', message: JsonObject | null) => JsonObject | null;
  readonly status: number;
}

export const REFUSED: Callback = { kind: 'refused' };
export const UNREADABLE: Callback = { kind: 'unreadable' };

/** A genuine request is taken for so long, by its own time. */
export const WINDOW_MS: Millis = 300_000;

export function isWithin(at: Millis, now: Millis): boolean {
  return Math.abs(now - at) <= WINDOW_MS; // false for NaN as well
}

/** null: it is no JSON object. */
export function jsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/** What is at a path of names; undefined: nothing. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

/** A text at a path; null: there is none, or it is empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}
