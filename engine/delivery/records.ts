/** What is remembered of a hook's deliveries, as it is saved. Times are the wall clock's. */
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';

/** What an alert still has to be told as. */
export type Want =
  'first' | 'resolved' | 'brief' | 'acknowledged' | 'unacknowledged' | 'repeat' | 'escalated' | 'renew';

/** `unknown`: an attempt may have been accepted. `given_up`: its notice is in the list of failures. */
export type Told = 'never' | 'unknown' | 'firing' | 'given_up';

export interface AlertRecord {
  /** As it stands. */
  message: AlertMessage;
  /** The stream's sequence of that. */
  seq: number;
  told: Told;
  want: Want | null;
  /** Since when. */
  wantAt: Millis;
  /** It was to be told and was muted. */
  wasMuted: boolean;
  /** The notice that it was first told by. */
  thread: string | null;
  /** When its first notice was made: from then on its escalation counts, whether or not the receiver takes it. */
  toldAt: Millis | null;
  /** When it was last told. */
  lastToldAt: Millis | null;
  /** An acknowledgement of it has been told. */
  ackTold: boolean;
  /** How many steps of the escalation were taken. */
  steps: number;
  /** It came by an escalation of another hook: matchers do not apply. */
  isEscalated: boolean;
  /** What the tool calls the message that first told this alert, and no other. */
  posted?: string;
}

export type NoticeKind = Want | 'more' | 'flapping' | 'action' | 'test';

/** An action that somebody has to take, as it stands on `cx.actions.<kind>`. */
export interface ActionMessage {
  readonly id: string;
  readonly kind: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly case: string | null;
  readonly owner: string | null;
  /** RFC 3339. */
  readonly due: string | null;
  readonly reason: string | null;
  /** In Chinese, where it is said in both languages. */
  readonly reason_zh?: string;
  /** The open action that a reader may say is done. */
  readonly completes?: string;
}

export interface ActionRecord {
  readonly action: ActionMessage;
  /** When it was stored. */
  readonly at: Millis;
  /** A notice of it was made; it is kept for a while, so that it is known. */
  isSaid: boolean;
}

/** A notice that was made and is not accepted yet. */
export interface PendingNotice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly thread: string | null;
  readonly made: Millis;
  /** Since when the first of it could be said; absent in notices of older engines, tests and actions. */
  readonly due?: Millis;
  readonly group: Readonly<Record<string, string>>;
  /** As they stood when it was made, worst first: every attempt says the same, less what ended before anything arrived. */
  alerts: readonly AlertMessage[];
  /** Further alerts that it counts and does not list; absent in notices that were saved before there were any. */
  more?: readonly string[];
  /** Instead of alerts. */
  readonly action?: ActionMessage;
  /** What the tool calls the message that first told its one alert. */
  readonly posted?: string;
  readonly standing: number;
  readonly wasMuted: boolean;
  attempts: number;
  /** The next attempt is not before. */
  notBefore: Millis;
  /** An attempt may have been accepted. */
  isUnknown: boolean;
  /** An attempt is under way (or was, when the process ended). */
  isSending: boolean;
}

/** A notice that was given up. */
export interface FailedNotice {
  readonly notice: PendingNotice;
  readonly at: Millis;
  readonly reason: string;
  readonly hint: string;
}

const RANK: Readonly<Record<string, number>> = { critical: 0, major: 1, minor: 2, info: 3 };

/** Worst first, then the oldest. */
export function worstFirst(a: AlertMessage, b: AlertMessage): number {
  const rank = (RANK[a.severity] ?? 4) - (RANK[b.severity] ?? 4);
  return rank !== 0 ? rank : a.since < b.since ? -1 : a.since > b.since ? 1 : a.alert < b.alert ? -1 : 1;
}

/** How an attempt ended. */
export type Outcome =
  /** `message`: what the tool calls it, where it says. */
  | { readonly kind: 'delivered'; readonly message?: string }
  | { readonly kind: 'refused'; readonly after: Millis | null; readonly reason: string; readonly hint: string }
  /** It may have been accepted. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly hint: string }
  | { readonly kind: 'dead'; readonly reason: string; readonly hint: string };

/** What is known of a receiver: it is not called more often because this process is a new one. */
export interface ReceiverRecord {
  /** When notices were sent, within its longest rate. */
  readonly sent: readonly Millis[];
  readonly failuresInRow: number;
  readonly blockedUntil: Millis;
}

/** The beginnings of one rule and key, of late, and until when they are held back because they flap. */
export interface CourseRecord {
  readonly begun: readonly Millis[];
  readonly until: Millis | null;
}

export interface SavedHook {
  readonly alerts: readonly AlertRecord[];
  readonly pending: readonly PendingNotice[];
  readonly failed?: readonly FailedNotice[];
  readonly receiver?: ReceiverRecord | undefined;
  readonly actions?: readonly ActionRecord[];
  /** By the name of the course. */
  readonly courses?: ReadonlyMap<string, CourseRecord>;
}

/** What is to be saved of a hook: null where it is no more. */
export interface HookChanges {
  readonly alerts: ReadonlyMap<string, AlertRecord | null>;
  readonly notices: ReadonlyMap<string, PendingNotice | null>;
  readonly failed: ReadonlyMap<string, FailedNotice | null>;
  readonly actions: ReadonlyMap<string, ActionRecord | null>;
  readonly receiver?: ReceiverRecord | undefined;
  readonly courses: ReadonlyMap<string, CourseRecord | null>;
}

/** Every alert that a notice tells. */
export function alertsOf({ alerts, more = [] }: Pick<PendingNotice, 'alerts' | 'more'>): readonly string[] {
  return [...alerts.map(({ alert }) => alert), ...more];
}
