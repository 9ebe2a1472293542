/** What is said about alerts or actions, before any tool's format. */
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { Millis } from '../../engine/core/types.ts';

/** Why a notice leaves now. */
export type NoticeReason =
  | 'first'
  | 'more'
  | 'some_resolved'
  | 'all_resolved'
  | 'repeat'
  | 'escalated'
  | 'acknowledged'
  | 'unacknowledged'
  | 'brief'
  | 'flapping'
  | 'action'
  | 'test';

export interface NoticeAlert {
  /** As it stands when the notice is made; its texts are masked. */
  readonly message: AlertMessage;
  /** The alert's page; null where no address of the board is configured. */
  readonly link: string | null;
  /** Where a reader acknowledges; single use, expires. */
  readonly ackLink: string | null;
  /** Handed back by the tool when its button is pressed; left out where the tool has none, or cannot call back. */
  readonly ackToken?: string;
}

/** How a reader acknowledges all open alerts of a notice at once, or says that its action is done. */
export interface Answering {
  readonly count: number;
  /** null: only a button of the tool does. */
  readonly link: string | null;
  /** Handed back by the tool when its button is pressed. */
  readonly token?: string;
}

/** An action that somebody has to take, as it stands on `cx.actions.<kind>`. */
export interface NoticeAction {
  readonly id: string;
  readonly kind: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly case: string | null;
  readonly owner: string | null;
  /** RFC 3339. */
  readonly due: string | null;
  readonly reason: string | null;
  readonly reason_zh?: string;
  /** The open action that a reader may say is done: this one, or the one that is overdue. */
  readonly completes?: string;
}

export interface Notice {
  /** The same on every attempt: the receiver's key for telling an attempt from a new notice. */
  readonly id: string;
  readonly reason: NoticeReason;
  /** The id of the notice that this one continues; null for a first one. */
  readonly thread: string | null;
  /** When it was made. */
  readonly at: Millis;
  /** What its alerts have in common: dimension or `rule`, `owner` → value. */
  readonly group: Readonly<Record<string, string>>;
  /** Worst first. */
  readonly alerts: readonly NoticeAlert[];
  /** Of several alerts; null or left out: there is one, or they cannot be acknowledged. */
  readonly answering?: Answering | null;
  /** How a reader says that the action is done; null or left out: there is none that is open, or nobody can answer. */
  readonly completing?: Answering | null;
  /** Who has just said that the action is done; left out: nobody has. */
  readonly completedBy?: string;
  /** How many further alerts are counted and not listed. */
  readonly unlisted: number;
  /** How many alerts of the group still fire, where this notice says that others ended. */
  readonly standing: number;
  /** It was held back by a silence or another alert, and that is over. */
  readonly wasMuted: boolean;
  readonly action: NoticeAction | null;
  /** What the tool calls the message that first told its one alert; left out: it is not known, or there were several. */
  readonly posted?: string;
  /** An earlier attempt may have been accepted: a reader may see it twice. */
  readonly mayRepeat: boolean;
}

export function isResolved({ message }: NoticeAlert): boolean {
  return message.state === 'resolved';
}

/** What a receiver knows an alert by, from its first notice to its end: one episode. */
export function dedupKey({ message }: NoticeAlert): string {
  return `cx/${message.rule}/${message.alert}`;
}
