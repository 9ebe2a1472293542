/**
 * The notices that a back-test would have sent: the hooks' own queues at the times of the file, every receiver taking everything
 * at once. The same file gives the same lines.
 */
import { formatInstant } from '../../core/cloud-events.ts';
import { START_OF_TIME, type JsonObject, type Millis, type Outgoing } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { Inhibitions } from '../../delivery/inhibition.ts';
import type { PendingNotice } from '../../delivery/records.ts';
import { takesAction } from '../../../operators/destinations/matchers.ts';
import { noticeAction } from '../../../operators/notices/action-notices.ts';
import type { Hook } from './hook.ts';

const STEP: Millis = 1000;
/** After the last message: what waits for others still leaves. */
const DRAIN: Millis = 60_000;

export class HookBackTest {
  readonly #hooks: readonly Hook[];
  readonly #byId: ReadonlyMap<string, Hook>;
  readonly #inhibitions: Inhibitions;
  #now: Millis | null = null;
  #seq = 0;

  constructor(hooks: readonly Hook[], inhibitions: Inhibitions) {
    this.#hooks = hooks;
    this.#byId = new Map(hooks.map((hook) => [hook.config.id, hook]));
    this.#inhibitions = inhibitions;
  }

  /** What the messages have hooks send, one JSON line each. */
  see(messages: readonly Outgoing[]): readonly string[] {
    const lines: string[] = [];
    for (const { subject, id, time, data } of messages) {
      if (!/^cx\.(alerts|actions)\./.test(subject) || time === START_OF_TIME) continue;
      this.#until(time, lines);
      if (subject.startsWith('cx.alerts.')) this.#alert(data as unknown as AlertMessage, time);
      else this.#action(subject, id, data as JsonObject, time);
      this.#step(time, lines);
    }
    return lines;
  }

  end(): readonly string[] {
    const lines: string[] = [];
    if (this.#now !== null) this.#until(this.#now + DRAIN, lines);
    return lines;
  }

  #alert(message: AlertMessage, time: Millis): void {
    this.#inhibitions.changed(message);
    this.#seq++;
    for (const { queue } of this.#hooks) queue.changed(message, this.#seq, time);
  }

  #action(subject: string, id: string, data: JsonObject, time: Millis): void {
    const action = noticeAction(subject, id, data);
    if (action === undefined) return;
    for (const { config, queue } of this.#hooks) if (takesAction(config, action, data)) queue.act(action, time);
  }

  /** Messages of one moment may come in any order: time does not go back. */
  #until(time: Millis, lines: string[]): void {
    this.#now ??= time;
    while (this.#now + STEP <= time) {
      this.#now += STEP;
      this.#step(this.#now, lines);
    }
    this.#now = Math.max(this.#now, time);
  }

  #step(now: Millis, lines: string[]): void {
    for (const { queue } of this.#hooks) {
      for (const { to, message, seq } of queue.escalations(now)) this.#byId.get(to)?.queue.escalate(message, seq, now);
    }
    const { version } = this.#inhibitions;
    const mutes = {
      isMuted: (message: AlertMessage) => message.silenced || this.#inhibitions.isMuted(message),
      version,
    };
    for (const hook of this.#hooks) {
      for (let due = hook.queue.due(now, mutes); due.length > 0; due = hook.queue.due(now, mutes)) {
        for (const notice of due) {
          lines.push(line(hook, notice, now));
          hook.queue.ended(notice.id, { kind: 'delivered' }, now);
        }
      }
    }
  }
}

function line(hook: Hook, pending: PendingNotice, now: Millis): string {
  const { reason, alerts, unlisted, action } = hook.notice(pending);
  const about =
    action === null ? { alerts: alerts.map(({ message }) => message.alert), unlisted } : { action: action.id };
  const said = { time: formatInstant(now), hook: hook.config.id, reason, ...about, text: hook.text(pending, now) };
  return `${JSON.stringify(said)}\n`;
}
