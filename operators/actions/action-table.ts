/**
 * All actions that wait, are open, or were said a little while ago, and when each is looked at next.
 *
 *   (trigger) ──▶ waiting ──`after` has passed──▶ open ──`done`, a person──▶ over: done
 *                  │   │                          │ │ └─`due` has passed: escalated, once, and open still
 *        `unless`, │   │ `at_most`                │ └─`expire`──▶ over: expired
 *          `done`  ▼   ▼                          ▼ what asked for it is not so any more, or a late `unless`
 *           (forgotten) over: suppressed         over: withdrawn
 *
 * Records count in the order of event time, and at one instant before what falls due then; what falls due is said when time is past
 * its instant. An action that neither waits nor is capped depends on nothing but its event and leaves at once.
 * Lateness: records within `allowed_lateness` count (a late one is applied to what is known by then: what was sent stays sent, and
 * counts in caps); later ones are reported late. State: `max_open` an action that wait, and as many that are open; past that a
 * trigger is refused, counted. What is over is remembered for `allowed_lateness`.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import { END_OF_TIME, START_OF_TIME, type Millis } from '../../engine/core/types.ts';
import type { ActionConfig, ActionRecord, ActionSaid, Completion, Held, TriggerRecord, VerbRecord } from './action.ts';
import { ContactCaps, type Cap } from './contact-caps.ts';
import { ActionTimers, type Timer } from './action-timers.ts';
import { HeldActions } from './held-actions.ts';
import { VerbMemory } from './memory/verb-memory.ts';
import { durationText } from '../config/config-values.ts';

export interface TableHearing {
  said(held: Held, said: ActionSaid): void;
  late(record: ActionRecord): void;
  count(name: string, by?: number): void;
}
/** The earliest instant at which so much time of this action's calendar has passed; null: never. */
export type DueOf = (action: number, from: Millis) => Millis | null;

const MAX_CAPPED = 1_000_000;

export class ActionTable {
  readonly configs: readonly ActionConfig[];
  readonly #dueOf: DueOf;
  readonly held: HeldActions;
  readonly #timers: ActionTimers;
  readonly verbs: VerbMemory;
  readonly caps: ContactCaps;
  readonly #capOf: readonly (Cap | null)[];
  readonly #retracted = new Set<string>();
  reachedAt: Millis = START_OF_TIME;

  constructor(configs: readonly ActionConfig[], dueOf: DueOf) {
    this.configs = configs;
    this.#dueOf = dueOf;
    this.#capOf = configs.map(({ id, atMost }) =>
      atMost === null ? null : { group: atMost.shared ?? `action ${id}`, times: atMost.times, inMs: atMost.inMs },
    );
    this.caps = new ContactCaps(
      this.#capOf.filter((cap) => cap !== null),
      MAX_CAPPED,
    );
    this.verbs = new VerbMemory(configs.map(({ allowedLatenessMs }) => allowedLatenessMs));
    this.held = new HeldActions(configs.length);
    this.#timers = new ActionTimers(this.held);
  }

  reached(at: Millis): void {
    if (at > this.reachedAt) this.reachedAt = at;
  }

  take(record: ActionRecord, now: Millis, hearing: TableHearing): void {
    const { action, at, isDerived, verb } = record;
    if (verb === 'retract') {
      if (this.held.get(record.id) !== undefined) this.#retracted.add(record.id);
      return;
    }
    if (verb === 'trigger' && this.held.get(record.id) !== undefined) {
      // Said again, with something else in it: it is still to be done.
      this.#retracted.delete(record.id);
      return;
    }
    this.pass(now, hearing);
    if (!isDerived && at < now - elementAt(this.configs, action).allowedLatenessMs) return hearing.late(record);
    if (verb === 'trigger') this.#trigger(record, now, hearing);
    else this.#verb(record, now, hearing);
  }

  #trigger(trigger: TriggerRecord, now: Millis, hearing: TableHearing): void {
    const config = elementAt(this.configs, trigger.action);
    if (this.held.countOf(trigger.action, 'waiting') >= config.maxOpen)
      return hearing.count(`action_dropped_${config.id}`);
    const sendAt = trigger.at + config.afterMs;
    const held: Held = {
      ...{ trigger, sendAt, stage: 'waiting', isSent: false, due: null, escalateAt: null, isEscalated: false },
      expireAt: END_OF_TIME,
    };
    this.put(held);
    // What came before it, though it happened after.
    for (const verb of this.verbs.of(trigger.action, trigger.key)) {
      if (verb.at >= now) break;
      if (held.stage === 'waiting' && sendAt < verb.at) this.#send(held, hearing);
      this.#apply(held, verb, hearing);
    }
    const isAtOnce = config.afterMs === 0 && config.atMost === null;
    if (held.stage === 'waiting' && (isAtOnce || sendAt < now) && this.held.has(held)) this.#send(held, hearing);
  }

  #verb(verb: VerbRecord, now: Millis, hearing: TableHearing): void {
    if (!this.verbs.add(verb)) return;
    if (verb.at < now) this.#applyToAll(verb, hearing);
    else this.#timers.planVerb(verb);
  }

  #applyToAll(verb: VerbRecord, hearing: TableHearing): void {
    for (const held of this.held.ofKey(verb.action, verb.key)) this.#apply(held, verb, hearing);
  }

  /** The event that asked for it neither ends nor withdraws it. */
  #apply(held: Held, verb: VerbRecord, hearing: TableHearing): void {
    const { trigger, stage, sendAt } = held;
    if (verb.at < trigger.at || verb.event === trigger.event) return;
    const { id } = elementAt(this.configs, trigger.action);
    if (stage === 'waiting') {
      hearing.count(`action_${verb.verb === 'done' ? 'needless' : 'withdrawn'}_${id}`);
      this.held.drop(held);
    } else if (verb.verb === 'unless') {
      if (held.isSent && verb.at <= sendAt) this.#withdraw(held, `${verb.type} came before it`, hearing);
    } else if (stage === 'open') {
      const { at, type } = verb;
      this.#complete(held, { at, on: type, by: null, note: null, via: null }, hearing);
    }
  }

  /** A person says that it is done. Why that has no effect; null: it has. */
  complete(id: string, completion: Completion, hearing: TableHearing): string | null {
    const held = this.held.get(id);
    if (held === undefined || held.stage === 'over') return 'there is no such open action';
    if (held.stage === 'waiting') return 'it is not to be done yet';
    this.#complete(held, completion, hearing);
    return null;
  }
  #complete(held: Held, completion: Completion, hearing: TableHearing): void {
    this.#over(held);
    hearing.said(held, { state: 'done', completion });
    this.#relieve(held, completion.at, hearing);
  }
  #withdraw(held: Held, reason: string, hearing: TableHearing): void {
    const at = held.sendAt;
    this.#over(held);
    held.isSent = false;
    hearing.said(held, { state: 'withdrawn', at, reason });
    this.#relieve(held, held.sendAt, hearing);
  }
  /** It was escalated, and had been done by then. */
  #relieve(held: Held, at: Millis, hearing: TableHearing): void {
    const { escalate } = elementAt(this.configs, held.trigger.action);
    if (!held.isEscalated || held.due === null || at > held.due + (escalate?.afterMs ?? 0)) return; // it had one then
    hearing.said(held, { state: 'relieved', at });
  }

  #send(held: Held, hearing: TableHearing): void {
    const { trigger, sendAt } = held;
    const config = elementAt(this.configs, trigger.action);
    const cap = elementAt(this.#capOf, trigger.action);
    if (cap !== null && trigger.per !== null) {
      const last = this.caps.forbids(cap, trigger.per, sendAt);
      if (last !== null) {
        this.#over(held);
        const asked = `${String(cap.times)} in ${durationText(cap.inMs)} to ${trigger.per}`;
        const reason = `at_most: ${asked}, the last at ${new Date(last).toISOString()}`;
        return hearing.said(held, { state: 'suppressed', reason });
      }
      const forgotten = this.caps.sent(cap, trigger.per, sendAt);
      if (forgotten > 0) hearing.count('action_caps_forgotten', forgotten);
    } else if (cap !== null) hearing.count(`action_uncapped_${config.id}`);
    held.isSent = true;
    held.due = config.dueMs === null ? null : this.#dueOf(trigger.action, sendAt);
    held.escalateAt = held.due === null || config.escalate === null ? null : held.due + config.escalate.afterMs;
    const isFollowed = config.dueMs !== null || config.done !== null;
    const isFull = isFollowed && this.held.countOf(trigger.action, 'open') >= config.maxOpen;
    if (isFull) hearing.count(`action_not_followed_${config.id}`);
    if (isFollowed && !isFull) this.#stage(held, 'open', sendAt + config.expireMs);
    else this.#over(held);
    hearing.said(held, { state: 'due' });
  }

  #over(held: Held): void {
    const { allowedLatenessMs } = elementAt(this.configs, held.trigger.action);
    // Time may be far past it where it waited.
    this.#stage(held, 'over', Math.max(held.sendAt, this.reachedAt) + allowedLatenessMs);
  }
  #stage(held: Held, stage: 'open' | 'over', expireAt: Millis): void {
    this.held.stage(held, stage, expireAt);
    this.#timers.plan(held);
  }

  /** A new one, or as it was saved. */
  put(held: Held): void {
    this.held.put(held);
    this.#timers.plan(held);
  }
  /** As it was saved. */
  restoreVerb(verb: VerbRecord): void {
    if (this.verbs.add(verb)) this.#timers.planVerb(verb);
  }
  restored(): void {
    this.verbs.takeChanges();
    this.held.changed.clear();
    this.caps.takeChanges();
  }

  /** The lowest `now` at which `pass` has something to do; undefined: never. */
  dueAt(): Millis | undefined {
    if (this.#retracted.size > 0) return START_OF_TIME;
    const { firstAt } = this.#timers;
    if (firstAt !== Infinity) return firstAt + 1;
    return this.held.size + this.verbs.size + this.caps.size > 0 ? END_OF_TIME : undefined;
  }

  pass(now: Millis, hearing: TableHearing): void {
    this.#retract(hearing);
    if (now >= END_OF_TIME) return this.#end(hearing);
    if (now > this.reachedAt) this.reachedAt = now;
    while (this.#timers.firstAt < now) this.#come(this.#timers.take(), hearing);
    this.verbs.pass(now);
    this.caps.pass(now);
  }
  #come(timer: Timer, hearing: TableHearing): void {
    if ('verb' in timer) return this.#applyToAll(timer.verb, hearing);
    const { at, held } = timer;
    if (held.stage === 'waiting') return this.#send(held, hearing);
    if (held.stage === 'open' && held.escalateAt === at) {
      held.escalateAt = null;
      held.isEscalated = true;
      this.held.changed.add(held.trigger.id);
      this.#timers.plan(held);
      return hearing.said(held, { state: 'escalated' });
    }
    this.held.drop(held);
    if (held.stage === 'open') hearing.said(held, { state: 'expired', at });
  }
  #retract(hearing: TableHearing): void {
    if (this.#retracted.size === 0) return;
    for (const id of [...this.#retracted].sort()) {
      const held = this.held.get(id);
      if (held?.stage === 'waiting') this.held.drop(held);
      else if (held?.isSent === true) {
        this.#withdraw(held, 'what asked for it is no longer so', hearing);
        this.held.drop(held);
      }
    }
    this.#retracted.clear();
  }

  /** Time stands at the highest event time: what is to be sent then is, nothing is overdue by a future that never comes. */
  #end(hearing: TableHearing): void {
    this.pass(this.reachedAt, hearing);
    while (this.#timers.firstAt <= this.reachedAt) {
      const first = this.#timers.take();
      if ('verb' in first || first.held.stage !== 'open') this.#come(first, hearing);
    }
    for (const stage of ['open', 'waiting'] as const) {
      const left = this.held.total(stage);
      if (left > 0) hearing.count(`actions_${stage}_at_end`, left);
    }
    for (const held of this.held.all()) this.held.drop(held);
    this.#timers.clear();
    this.verbs.clear();
    this.caps.clear();
  }

  size(): { readonly waiting: number; readonly open: number; readonly known: number; readonly capped: number } {
    return {
      waiting: this.held.total('waiting'),
      open: this.held.total('open'),
      known: this.held.size + this.verbs.size,
      capped: this.caps.size,
    };
  }
}
