/**
 * Rules, where actions follow them: what is for actions passes the rules by, and changes of alerts go to actions too. The rules'
 * own state, name and messages are as without.
 */
import type { AuditRecord } from '../../engine/core/audit-entry.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { ensure, must } from '../../engine/core/must.ts';
import type {
  Collector,
  Envelope,
  LiveItem,
  Millis,
  Operator,
  OperatorDef,
  OutputMessage,
} from '../../engine/core/types.ts';
import type { CompletionControl, RuleControl } from '../controls/controls.ts';
import type { Raised } from '../rules/per-event/raised.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import type { ActionConfig, ActionInput } from './action.ts';
import type { AfterRules } from './actions-operator.ts';
import { ALERT_TYPE_PREFIX } from './alert-event.ts';

type RuleInput = KpiValue | KpiBirth | RuleControl | Raised;
export type BesideRules = RuleInput | ActionInput | CompletionControl;

export function besideRules(
  rules: OperatorDef<RuleInput, AuditRecord>,
  actions: readonly ActionConfig[],
): OperatorDef<BesideRules, AfterRules> {
  const types = actions.flatMap(({ on, unless, done }) => [on, unless?.on ?? [], done?.on ?? []].flat()); // not all have them
  const read = new Set(types.filter((type) => type.startsWith(ALERT_TYPE_PREFIX)));
  return {
    ...rules,
    create: (context, saved) => new BesideTheRules(rules.create(context, saved), read),
  };
}

class BesideTheRules implements Operator<BesideRules, AfterRules> {
  readonly #rules: Operator<RuleInput, AuditRecord>;
  readonly #tap: AlertTap | null;

  constructor(rules: Operator<RuleInput, AuditRecord>, read: ReadonlySet<string>) {
    this.#rules = rules;
    this.#tap = read.size === 0 ? null : new AlertTap(read);
  }

  onEvent(event: Envelope<BesideRules>, watermark: Millis, out: Collector<AfterRules>): void {
    const { value } = event;
    const isForActions = 'action' in value || 'reached' in value;
    if (isForActions) out.emit(event as Envelope<ActionInput | CompletionControl>);
    else this.#rules.onEvent(event as Envelope<RuleInput>, watermark, this.#tapped(out));
  }
  onWatermark(watermark: Millis, out: Collector<AfterRules>): void {
    this.#rules.onWatermark?.(watermark, this.#tapped(out));
  }
  onWake(now: Millis, out: Collector<AfterRules>): void {
    this.#rules.onWake?.(now, this.#tapped(out));
  }
  #tapped(out: Collector<AfterRules>): Collector<AuditRecord> {
    return this.#tap === null ? out : this.#tap.around(out);
  }
  dueAt(): Millis | undefined {
    return this.#rules.dueAt?.();
  }
  wakeAt(): Millis | undefined {
    return this.#rules.wakeAt?.();
  }
  delta(): ReturnType<NonNullable<Operator<RuleInput, AuditRecord>['delta']>> {
    return this.#rules.delta?.();
  }
  snapshot(): ReturnType<NonNullable<Operator<RuleInput, AuditRecord>['snapshot']>> {
    return must(this.#rules.snapshot?.(), 'rules have a state');
  }
  size(): { readonly [what: string]: number } {
    return this.#rules.size?.() ?? {}; // it says nothing of its size
  }
}

/** Hands all on, and changes of alerts that actions read to these. */
class AlertTap implements Collector<AuditRecord> {
  readonly #read: ReadonlySet<string>;
  #out: Collector<AfterRules> | null = null;

  constructor(read: ReadonlySet<string>) {
    this.#read = read;
  }
  around(out: Collector<AfterRules>): this {
    this.#out = out;
    return this;
  }
  get #to(): Collector<AfterRules> {
    return must(this.#out, 'a collector during its call');
  }
  send(message: OutputMessage): void {
    this.#to.send(message);
    if (!message.subject.startsWith('cx.alerts.')) return;
    const alert = message.data as unknown as AlertMessage;
    ensure(typeof alert.rule === 'string', 'an alert names its rule');
    if (!this.#read.has(ALERT_TYPE_PREFIX + alert.rule)) return;
    this.#to.emit({ id: alert.alert, key: alert.alert, ts: message.time, value: { alert } });
  }
  emit(event: Envelope<AuditRecord>): void {
    this.#to.emit(event);
  }
  forward(message: OutputMessage): void {
    this.#to.forward(message);
  }
  show(item: LiveItem): void {
    this.#to.show(item);
  }
  urgent(): void {
    this.#to.urgent();
  }
  count(name: string, by?: number): void {
    this.#to.count(name, by);
  }
  now(): Millis | undefined {
    return this.#to.now?.();
  }
}
