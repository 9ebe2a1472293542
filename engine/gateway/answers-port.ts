/** Answers of people to notices, as they come in from outside: by the link in a notice, by the callback of a tool. */

import type { JsonObject } from '../core/types.ts';

/** Why something was not acknowledged: `full`, nothing was sent; `late`, it took too long and may be stored yet. */
export type NotStored = 'full' | 'late';

/** What a link in a notice is for. */
export interface LinkTarget {
  /** One or several; none where it is for an action. */
  readonly alerts: readonly string[];
  /** The action that its reader says is done; null: it is for alerts. */
  readonly action: string | null;
  readonly hook: string;
  /** Of the hook's readers. */
  readonly language: 'zh-CN' | 'en';
  readonly isExpired: boolean;
}

export interface CallbackRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly body: string;
}

export interface CallbackAnswer {
  readonly status: number;
  /** Sent as JSON; null: nothing. */
  readonly body: JsonObject | null;
}

export interface AnswersPort {
  /** null: it is none of ours. Nothing happens: who previews links fetches them. */
  link(token: string): LinkTarget | null;
  /** Acknowledges the alerts, or completes the action. `used`: that link has done its work. */
  acknowledge(token: string, by: string): Promise<'done' | 'used' | 'expired' | 'unknown' | NotStored>;
  /** 401: not proved, for whatever reason. 503: the tool is to come again. */
  callback(hook: string, request: CallbackRequest): Promise<CallbackAnswer>;
}
