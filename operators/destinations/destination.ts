/**
 * Where notices go: one file a kind of tool. A destination says how a notice is written for its tool and what the tool's
 * answer means. Both are pure: the clock, signatures and templates are handed in.
 */
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import type { Fields } from '../config/config-schema-forms.ts';
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import type { Notice } from '../notices/notices.ts';
import type { Writing } from '../notices/writing.ts';

export interface HttpRequest {
  readonly via: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MailRequest {
  readonly via: 'mail';
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The first notice of the thread, where this one answers it. */
  readonly inReplyTo: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export type Request = HttpRequest | MailRequest;

export interface Answer {
  readonly status: number;
  /** By its name in lower case. */
  readonly header: (name: string) => string | null;
  /** At most 64 KiB of it. */
  readonly body: string;
}

/** Why a delivery failed: a label of metrics, stable. */
export type FailureReason =
  | 'rate_limited'
  | 'server_error'
  | 'credentials'
  | 'signature'
  | 'clock'
  | 'rejected'
  | 'too_large'
  | 'gone'
  | 'redirect'
  | 'timeout'
  | 'network'
  | 'tls'
  | 'proxy'
  | 'private_address';

export type Meaning =
  /** `message`: what the tool calls it, where it can be changed later. */
  | { readonly kind: 'delivered'; readonly message?: string }
  /** Not accepted now. `after`: not sooner than so many ms; null: by the usual back-off. */
  | { readonly kind: 'retry'; readonly reason: FailureReason; readonly after: Millis | null; readonly hint: string }
  /** Never accepted as it is. The hint says what to mend. */
  | { readonly kind: 'dead'; readonly reason: FailureReason; readonly hint: string };

/** The receiver's limit: so many notices in any window of so many ms. */
export interface Rate {
  readonly notices: number;
  readonly per: Millis;
}

export interface Destination<S = unknown> {
  readonly kind: string;
  /** Programs count alerts: each by itself, at once, under its own key. People are told by groups. */
  readonly readers: 'people' | 'programs';
  /** All of them hold. */
  readonly rates: readonly Rate[];
  /** A receiver that forgets: what still fires is sent again so often. */
  readonly renewEvery?: Millis;
  readonly fields: Fields;
  readonly required: readonly string[];
  read(section: Section, report: Report): S;
  /** What is called, and the setting that says so: for checks before anything is sent. */
  address(settings: S): { readonly setting: string; readonly url: string };
  /** One request for the whole notice: within the tool's limits, whatever the notice holds. */
  request(notice: Notice, settings: S, writing: Writing): Request;
  meaning(answer: Answer): Meaning;
  /** Changes the message that first told the notice's one alert into what the notice says; left out where the tool cannot. */
  edit?(notice: Notice, message: string, settings: S, writing: Writing): HttpRequest;
  /** What a message becomes once it was answered in the tool; left out where none can be replaced. */
  replacement?(notice: Notice, writing: Pick<Writing, 'language' | 'times'>): JsonObject;
}

export const DELIVERED: Meaning = { kind: 'delivered' };

export function retry(reason: FailureReason, hint: string, after: Millis | null = null): Meaning {
  return { kind: 'retry', reason, after, hint };
}
export function dead(reason: FailureReason, hint: string): Meaning {
  return { kind: 'dead', reason, hint };
}

/** What a status alone says, by HTTP's own meaning; the body decides further for tools that fail inside a 200. */
export function meaningOfStatus(answer: Answer): Meaning {
  const { status } = answer;
  if (status >= 200 && status < 300) return DELIVERED;
  if (status >= 300 && status < 400) {
    return dead('redirect', 'the address answers with a redirect, which is not followed: configure the new address');
  }
  if (status === 429) return retry('rate_limited', 'the receiver limits how often it is called', retryAfter(answer));
  if (status === 408 || status === 425 || status >= 500) {
    return retry('server_error', `the receiver answered ${status}`, retryAfter(answer));
  }
  if (status === 401 || status === 403) return dead('credentials', `the receiver refuses the key or token (${status})`);
  if (status === 407) return retry('proxy', 'the proxy asks for its user and password (407)');
  if (status === 404) return dead('gone', 'nothing is at this address (404): check the URL or key');
  if (status === 410) return dead('gone', 'the receiver has been removed (410)');
  if (status === 413) return dead('too_large', 'the receiver takes no message of this size (413)');
  return dead('rejected', `the receiver refuses the message (${status})`);
}

/** `Retry-After` in ms from the answer: seconds, or a date judged by the answer's own `Date`. Null: not said. */
export function retryAfter(answer: Answer): Millis | null {
  const text = answer.header('retry-after')?.trim() ?? ''; // it asks for no wait
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = Date.parse(text);
  const now = Date.parse(answer.header('date') ?? ''); // not a time: without a clock of theirs a date says nothing
  return Number.isNaN(at) || Number.isNaN(now) ? null : Math.max(0, at - now);
}

/** The answer's body as a JSON object; null for anything else. */
export function bodyObject({ body }: Answer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** A code of the tool's own, to be quoted: a number, or a word as tools name their errors. Other texts may hold anything. */
export function codeText(code: unknown): string {
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' && /^[a-z][a-z_]{1,40}$/i.test(code) ? code : 'unknown';
}

export function postJson(url: string, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return {
    via: 'http',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
