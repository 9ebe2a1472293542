/** A hook's queue with a receiver and a clock of its own: what was accepted when, second by second. */
import type { AlertMessage } from '../../core/wire.ts';
import type { Millis } from '../../core/types.ts';
import { HookQueue } from '../hook-queue.ts';
import type { HookRules } from '../hook-rules.ts';
import {
  alertsOf,
  type ActionMessage,
  type ActionRecord,
  type AlertRecord,
  type CourseRecord,
  type FailedNotice,
  type Outcome,
  type PendingNotice,
  type ReceiverRecord,
  type SavedHook,
} from '../records.ts';

export const SECOND = 1000;
export const MINUTE = 60_000;
const STEP = 250;

export interface Attempt {
  readonly at: Millis;
  readonly notice: PendingNotice;
  readonly outcome: Outcome['kind'];
}

export type Receiver = (notice: PendingNotice, now: Millis) => Outcome;
export const ACCEPTS: Receiver = () => ({ kind: 'delivered' });
export const REFUSES: Receiver = () => ({ kind: 'refused', after: null, reason: 'server_error', hint: '503' });
export const UNKNOWN: Receiver = () => ({ kind: 'unknown', reason: 'network', hint: 'reset' });

export function hookRules(changes: Partial<HookRules> = {}): HookRules {
  return {
    id: 'oncall',
    readers: 'people',
    rates: [],
    renewEvery: null,
    matches: () => true,
    repeat: null,
    groupBy: ['rule'],
    groupWait: 5 * SECOND,
    brief: 'skip',
    escalate: [],
    quiet: null,
    expire: 24 * 60 * MINUTE,
    ...changes,
  };
}

export function alertMessage(alert: string, changes: Partial<AlertMessage> = {}): AlertMessage {
  return {
    alert,
    rule: 'csat_low',
    kpi: 'csat',
    key: { channel: alert },
    state: 'firing',
    previous: null,
    value: 70,
    n: 50,
    interval: null,
    threshold: 'value < 80',
    window: { start: '2026-03-02T07:45:00Z', end: '2026-03-02T08:00:00Z' },
    since: '2026-03-02T08:00:00Z',
    at: '2026-03-02T08:00:00Z',
    reason: 'value < 80 holds',
    causes: [],
    samples: [],
    owner: null,
    runbook: null,
    severity: 'major',
    acked: null,
    silenced: false,
    ...changes,
  };
}

export class DeliveryRehearsal {
  queue: HookQueue;
  receiver: Receiver = ACCEPTS;
  isMuted: (message: AlertMessage) => boolean = ({ silenced }) => silenced;
  readonly attempts: Attempt[] = [];
  readonly escalated: { at: Millis; to: string; alert: string }[] = [];
  readonly #rules: HookRules;
  readonly #script: { at: Millis; act: () => void }[] = [];
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #notices = new Map<string, PendingNotice>();
  readonly #failed = new Map<string, FailedNotice>();
  readonly #actions = new Map<string, ActionRecord>();
  readonly #courses = new Map<string, CourseRecord>();
  #receiverState: ReceiverRecord | undefined;
  #steps = 0;
  #messages = new Map<string, AlertMessage>();
  #unsaved: { message: AlertMessage; seq: number; at: Millis }[] = [];
  #seq = 0;
  now: Millis = 0;

  constructor(changes: Partial<HookRules> = {}) {
    this.#rules = hookRules(changes);
    this.queue = new HookQueue(this.#rules);
  }

  at(seconds: number, act: () => void): this {
    this.#script.push({ at: seconds * SECOND, act });
    return this;
  }

  fires(seconds: number, alert: string, changes: Partial<AlertMessage> = {}): this {
    return this.changes(seconds, alert, { state: 'firing', ...changes });
  }

  resolves(seconds: number, alert: string): this {
    return this.changes(seconds, alert, { state: 'resolved' });
  }

  changes(seconds: number, alert: string, changes: Partial<AlertMessage>): this {
    return this.at(seconds, () => {
      const message = { ...(this.#messages.get(alert) ?? alertMessage(alert)), ...changes };
      this.#messages = new Map(this.#messages).set(alert, message);
      this.#unsaved.push({ message, seq: ++this.#seq, at: this.now });
      this.queue.changed(message, this.#seq, this.now);
    });
  }

  acts(seconds: number, action: ActionMessage): this {
    return this.at(seconds, () => this.queue.act(action, this.now));
  }

  /** Ends as kill -9 does, starts from what was saved, and reads on from there. */
  restarts(seconds: number): this {
    return this.at(seconds, () => {
      this.queue = new HookQueue(this.#rules);
      this.queue.restore(this.#saved());
      for (const { message, seq, at } of this.#unsaved) this.queue.changed(message, seq, at);
    });
  }

  run(seconds: number): this {
    this.#script.sort((a, b) => a.at - b.at);
    for (; this.now <= seconds * SECOND; this.now += STEP) {
      while ((this.#script[0]?.at ?? Number.POSITIVE_INFINITY) <= this.now) this.#script.shift()?.act();
      this.#step();
    }
    return this;
  }

  /** `kind alert[+alert] @seconds`, of what was accepted. */
  get told(): readonly string[] {
    return this.attempts
      .filter(({ outcome }) => outcome === 'delivered')
      .map(({ at, notice }) => `${notice.kind} ${notice.action?.id ?? alertsOf(notice).join('+')} @${at / SECOND}`);
  }

  #saved(): SavedHook {
    return structuredClone({
      alerts: [...this.#alerts.values()],
      pending: [...this.#notices.values()],
      failed: [...this.#failed.values()],
      receiver: this.#receiverState,
      actions: [...this.#actions.values()],
      courses: this.#courses,
    });
  }

  #save(): void {
    const { alerts, notices, failed, actions, receiver, courses } = this.queue.takeChanged();
    keep(this.#alerts, alerts);
    keep(this.#notices, notices);
    keep(this.#failed, failed);
    keep(this.#actions, actions);
    keep(this.#courses, courses);
    this.#receiverState = receiver ?? this.#receiverState;
    this.#unsaved = [];
  }

  #step(): void {
    for (const { to, message } of this.queue.escalations(this.now)) {
      this.escalated.push({ at: this.now, to, alert: message.alert });
    }
    const due = this.queue.due(this.now, { isMuted: this.isMuted, version: this.#steps++ });
    this.#save();
    for (const notice of due) {
      const outcome = this.receiver(notice, this.now);
      this.attempts.push({ at: this.now, notice: structuredClone(notice), outcome: outcome.kind });
      this.queue.ended(notice.id, outcome, this.now);
      this.#save();
    }
  }
}

function keep<T>(kept: Map<string, T>, changed: ReadonlyMap<string, T | null>): void {
  for (const [id, value] of changed) {
    if (value === null) kept.delete(id);
    else kept.set(id, structuredClone(value));
  }
}
