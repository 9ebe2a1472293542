/** What a notice is written with; all of it is handed in. */
import type { Millis } from '../../engine/core/types.ts';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Times {
  /** `14:05:30`, with the day where it is not the day of `now`. */
  text(at: Millis, now: Millis): string;
}

/** For whom, when, and with what at hand. */
export interface Writing {
  readonly language: Language;
  /** How its readers read times. */
  readonly times: Times;
  /** The time of this attempt; signatures carry it. */
  readonly now: Millis;
  readonly sign: Signatures;
  /** Logic-less template → text, its values written by `escape`; throws if the template is broken. */
  readonly fill: (template: string, view: object, escape: (value: string) => string) => string;
}

export interface Signatures {
  /** Base64 of HMAC-SHA-256. */
  readonly hmacSha256: (key: string, text: string) => string;
  /** The `webhook-signature` of Standard Webhooks with one secret (`whsec_…`). */
  readonly webhook: (secret: string, id: string, at: Millis, body: string) => string;
}
