/**
 * The actions operator: what is to be done when something happens, by whom and by when (CONTRACT §7). It stands behind the rules,
 * where all that actions read comes together: records of events and outcomes, alerts, and what people say is done. Entries of the
 * audit pass it by, its own among them.
 *
 * Lateness and what bounds its state: action-table.ts. What is saved are actions that wait, are open or were said a little while
 * ago, records that may still count, and whom each cap has counted. Actions that are no more configured are withdrawn, saying so.
 */
import type { AuditRecord } from '../../engine/core/audit-entry.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import {
  START_OF_TIME,
  type Collector,
  type Envelope,
  type Millis,
  type Operator,
  type OperatorDef,
  type State,
} from '../../engine/core/types.ts';
import type { CalendarOf } from '../clocks/compiled-clock.ts';
import type { CompletionControl } from '../controls/controls.ts';
import { controlEntry } from '../controls/control-entry.ts';
import type { CompileExpression } from '../shared/messages.ts';
import type { ActionConfig, ActionInput, ActionRecord, ActionSaid, DispatchConfig, Held } from './action.ts';
import { ActionMatcher, type ActionHearing } from './action-matcher.ts';
import { actionMessage, instantOf, lateMessage, openItem } from './action-message.ts';
import { ActionTable, type DueOf, type TableHearing } from './action-table.ts';
import { alertEvent } from './alert-event.ts';
import { restore, savedParts, takeDelta, type Gone } from './saved-actions.ts';

/** What rules hand on: entries of the audit, and what is not theirs. */
export type AfterRules = AuditRecord | ActionInput | { readonly alert: AlertMessage } | CompletionControl;
type Out = Collector<AuditRecord>;

/** Throws EngineError EXPRESSION_INVALID. */
export function actionsOperator(
  configs: readonly ActionConfig[],
  dispatch: DispatchConfig,
  compile: CompileExpression,
  calendarOf: CalendarOf,
): OperatorDef<AfterRules, AuditRecord> {
  const calendars = configs.map(({ calendar }) => (calendar === null ? null : calendarOf(calendar)));
  const dueOf: DueOf = (action, from) => {
    const { dueMs } = elementAt(configs, action);
    if (dueMs === null) return null;
    const calendar = elementAt(calendars, action);
    return calendar === null ? from + dueMs : calendar.instantAfter(from, dueMs);
  };
  const matcher = new ActionMatcher(configs, dispatch, compile);
  return {
    name: 'actions',
    create: (_context, saved = []) => new Actions(matcher, new ActionTable(configs, dueOf), saved),
  };
}

class Actions implements Operator<AfterRules, AuditRecord>, TableHearing, ActionHearing {
  readonly #matcher: ActionMatcher;
  readonly #table: ActionTable;
  /** Open ones of a configuration that was. */
  #gone: readonly Gone[];
  #isShown: boolean;
  /** Only while something is taken in or passed. */
  #out: Out | null = null;
  #now: Millis = START_OF_TIME;

  constructor(matcher: ActionMatcher, table: ActionTable, saved: readonly State[]) {
    this.#matcher = matcher;
    this.#table = table;
    this.#gone = restore(table, saved);
    this.#isShown = table.size().open === 0;
  }

  onEvent(event: Envelope<AfterRules>, watermark: Millis, out: Out): void {
    const { value } = event;
    if ('entry' in value) return out.emit(event as Envelope<AuditRecord>);
    this.#begin(watermark, out);
    if ('action' in value && typeof value.action === 'object') this.record(value.action);
    else if ('reached' in value) this.#table.reached(value.reached);
    else if ('alert' in value) this.#matcher.match(alertEvent(value.alert), this);
    else if ('control' in value) this.#complete(event, value, out);
    this.#out = null;
  }

  #complete(event: Envelope<AfterRules>, control: CompletionControl, out: Out): void {
    const { action, at, by, note, via = null } = control; // it came by no hook
    const because = this.#table.complete(action, { at, on: null, by, note, via }, this);
    if (because !== null) out.count('controls_refused');
    out.emit({ ...event, value: { entry: controlEntry(control, because), at } });
  }

  record(record: ActionRecord): void {
    if (record.at > this.#table.reachedAt) this.#table.reached(record.at);
    this.#table.take(record, this.#now, this);
  }
  keyless(action: string): void {
    this.count(`action_keyless_${action}`);
  }

  #begin(watermark: Millis, out: Out): void {
    this.#out = out;
    this.#now = watermark;
    if (this.#gone.length > 0) this.#sayGone();
  }
  #sayGone(): void {
    for (const { message } of this.#gone) this.#out?.send(message);
    this.#gone = [];
  }

  said(held: Held, said: ActionSaid): void {
    const config = elementAt(this.#table.configs, held.trigger.action);
    this.#out?.send(actionMessage(config, held, said, this.#lateBy(instantOf(held, said))));
    this.count(`action_${said.state === 'due' ? 'sent' : said.state}_${config.id}`);
    // Somebody is waiting for it: a survey may leave with the next commit.
    if (config.dueMs !== null || config.done !== null) this.#out?.urgent();
  }
  #lateBy(at: Millis): Millis {
    const wall = this.#out?.now?.();
    return wall === undefined ? 0 : Math.max(0, wall - at);
  }
  late(record: ActionRecord): void {
    const config = elementAt(this.#table.configs, record.action);
    this.count(`action_late_${config.id}`);
    this.#out?.send(lateMessage(config, record, this.#now));
  }
  count(name: string, by?: number): void {
    this.#out?.count(name, by);
  }

  dueAt(): Millis | undefined {
    return this.#gone.length > 0 ? START_OF_TIME : this.#table.dueAt();
  }
  onWatermark(watermark: Millis, out: Out): void {
    this.#begin(watermark, out);
    this.#table.pass(watermark, this);
    this.#out = null;
  }

  /** After a restore boards are shown what is open. */
  wakeAt(): Millis | undefined {
    return this.#isShown ? undefined : 0;
  }
  onWake(_now: Millis, out: Out): void {
    this.#isShown = true;
    for (const held of this.#table.held.all())
      if (held.stage === 'open') out.show(openItem(elementAt(this.#table.configs, held.trigger.action), held));
  }

  delta(): State | undefined {
    return takeDelta(this.#table);
  }
  snapshot(): Iterable<State> {
    return savedParts(this.#table);
  }
  size(): { readonly [what: string]: number } {
    return this.#table.size();
  }
}
