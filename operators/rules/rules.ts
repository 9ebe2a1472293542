/**
 * The rules operator: judges KPI values, keeps one state machine a rule and key, and sends one message a change of state
 * (`cx.alerts.<severity>.<rule>`, AlertMessage). What people decided about alerts (RuleControl) comes in the same stream.
 */
import type {
  Collector,
  Envelope,
  Millis,
  Operator,
  OperatorContext,
  OperatorDef,
  State,
} from '../../engine/core/types.ts';
import { END_OF_TIME, START_OF_TIME } from '../../engine/core/types.ts';
import { at, must } from '../../engine/core/must.ts';
import { isSameState } from '../../engine/core/state-equality.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import type { RuleConfig } from './rules-config.ts';
import type { CompileExpression, KpiBirth, KpiValue } from '../shared/messages.ts';
import type { AuditRecord } from '../../engine/core/audit-entry.ts';
import { controlEntry } from '../controls/control-entry.ts';
import { Neighbours } from '../causes/causes.ts';
import type { RuleControl } from '../controls/controls.ts';
import type { AlertKeeper } from './alerts/alert-keeper.ts';
import { carryOut } from './alerts/carry-out.ts';
import { Deadlines } from './deadlines.ts';
import { OrphanedAlerts } from './alerts/orphaned-alerts.ts';
import { EventAlerts } from './per-event/event-alerts.ts';
import type { EventRuleConfig } from './per-event/event-rules-config.ts';
import type { Raised } from './per-event/raised.ts';
import { RuleKeys } from './rule-keys.ts';
import { eventFingerprintOf, fingerprintOf, migrateRules, readSaved, type RulesPart } from './rules-state.ts';
import { silenceGone, silenceItem, Silences } from '../controls/silences.ts';

type Out = Collector<AuditRecord>;
type In = KpiValue | KpiBirth | RuleControl | Raised;

export function rulesOperator(
  rules: readonly RuleConfig[],
  kpis: readonly KpiConfig[],
  compile: CompileExpression,
  zone: string,
  eventRules: readonly EventRuleConfig[] = NO_RULES,
): OperatorDef<In, AuditRecord> {
  const fingerprint: State = Object.fromEntries([
    ...rules.map((rule) => [rule.id, fingerprintOf(rule)] as const),
    ...eventRules.map((rule) => [rule.id, eventFingerprintOf(rule)] as const),
  ]);
  // Compiled here once, so that a bad expression shows when the chain is described.
  for (const rule of rules) for (const source of [rule.fire, rule.recover]) if (source !== null) compile(source);
  return {
    name: 'rules',
    fingerprint,
    create: (_context: OperatorContext, saved?: readonly State[]) =>
      new Rules(rules, kpis, compile, zone, eventRules, saved ?? []), // nothing was saved yet
    migrate: (saved, from) => migrateRules(saved, from, fingerprint, isSameState),
  };
}

const NO_RULES: readonly EventRuleConfig[] = [];

class Rules implements Operator<In, AuditRecord> {
  /** Those on KPIs, then those of single events. */
  readonly #rules: readonly AlertKeeper[];
  readonly #onKpis: readonly RuleKeys[];
  readonly #onEvents: ReadonlyMap<string, EventAlerts>;
  readonly #byKpi = new Map<string, RuleKeys[]>();
  readonly #neighbours = new Map<string, Neighbours>();
  /** KPIs whose live values are judged: their neighbours are followed live too. */
  readonly #live = new Set<string>();
  readonly #deadlines = new Deadlines();
  readonly #silences = new Silences();
  #silencesEnd: Millis | undefined;
  readonly #orphaned = new OrphanedAlerts();
  #isShown = true;
  /** Some keys that have to speak are not followed yet: as soon as there is event time. */
  #isExpecting: boolean;

  constructor(
    rules: readonly RuleConfig[],
    kpis: readonly KpiConfig[],
    compile: CompileExpression,
    zone: string,
    eventRules: readonly EventRuleConfig[],
    saved: readonly State[],
  ) {
    const around = { deadlines: this.#deadlines, silences: this.#silences, compile, zone };
    const made: RuleKeys[] = [];
    for (const rule of rules) {
      const judgedKpi = kpis.find(({ id }) => id === rule.kpi);
      const kpi = must(judgedKpi, `the KPI of the rule ${rule.id}`);
      if (rule.on === 'live') this.#live.add(kpi.id);
      const keys = new RuleKeys(rule, kpi, made.length, around, this.#neighboursOf(kpi, rules));
      made.push(keys);
      const judged = this.#byKpi.get(kpi.id);
      if (judged === undefined) this.#byKpi.set(kpi.id, [keys]);
      else judged.push(keys);
    }
    this.#onKpis = made;
    this.#onEvents = new Map(
      eventRules.map((rule, i) => [rule.id, new EventAlerts(rule, made.length + i, around)] as const),
    );
    this.#rules = [...made, ...this.#onEvents.values()];
    if (saved.length > 0) this.#restore(saved);
    this.#isExpecting = made.some((keys) => keys.rule.expect.length > 0);
  }

  #neighboursOf(kpi: KpiConfig, rules: readonly RuleConfig[]): Neighbours | undefined {
    const known = this.#neighbours.get(kpi.id);
    if (known !== undefined) return known;
    const sizes = kpi.by.map((set) => set.length);
    const coarsest = Math.min(
      ...rules.filter((rule) => rule.kpi === kpi.id).map((rule) => rule.by?.length ?? Math.min(...sizes)),
    );
    if (Math.max(...sizes) <= coarsest) return undefined;
    const neighbours = new Neighbours(kpi, coarsest + 1);
    this.#neighbours.set(kpi.id, neighbours);
    return neighbours;
  }

  onEvent(event: Envelope<In>, watermark: Millis, out: Out): void {
    this.#orphaned.resolve(watermark, out);
    if ('control' in event.value) this.#control(event, event.value, watermark, out);
    else if ('born' in event.value) this.#born(event.value);
    else if ('raised' in event.value) this.#onEvents.get(event.value.raised)?.accept(event.value, watermark, out);
    else this.#value(event.value, watermark, out);
  }

  #born({ born, until }: KpiBirth): void {
    for (const keys of this.#byKpi.get(born) ?? []) keys.waitForWhole(until);
  }
  /** A partial one says nothing, of its own key and of others. */
  #value(value: KpiValue, watermark: Millis, out: Out): void {
    const judged = this.#byKpi.get(value.kpi);
    if (judged === undefined || value.partial === true) return;
    // Where time goes on by leaps, what was due before this window ended comes before it, as where it goes on step by step.
    if (value.final) this.#runDeadlines(value.window.end - 1, out);
    if (value.final || this.#live.has(value.kpi)) this.#neighbours.get(value.kpi)?.note(value);
    for (let i = 0; i < judged.length; i++) at(judged, i).accept(value, watermark, out);
  }

  dueAt(): Millis | undefined {
    if (this.#isExpecting) return START_OF_TIME + 1;
    const next = this.#deadlines.first?.at ?? END_OF_TIME;
    const due = this.#silencesEnd === undefined ? next : Math.min(next, this.#silencesEnd);
    // What is still there at the end of time is dropped then.
    return due < END_OF_TIME || this.#holdsAnything() ? due : undefined;
  }

  onWatermark(watermark: Millis, out: Out): void {
    if (watermark >= END_OF_TIME) {
      this.#orphaned.resolve(START_OF_TIME, out);
      return this.#clear();
    }
    this.#orphaned.resolve(watermark, out);
    if (this.#isExpecting) for (const keys of this.#onKpis) keys.expectFrom(watermark);
    this.#isExpecting = false;
    this.#runDeadlines(watermark, out);
    this.#expireSilences(watermark, out);
  }
  /** Those until then, in their order. */
  #runDeadlines(until: Millis, out: Out): void {
    for (;;) {
      const next = this.#deadlines.first;
      if (next === undefined || next.at > until) break;
      this.#deadlines.pop();
      this.#expireSilences(next.at, out);
      at(this.#rules, next.rule).due(next.key, next.at, out);
    }
  }

  /** After a restore boards are shown what is open. */
  wakeAt(): Millis | undefined {
    return this.#isShown && this.#orphaned.isEmpty ? undefined : 0;
  }
  onWake(_now: Millis, out: Out): void {
    this.#orphaned.resolve(START_OF_TIME, out);
    if (this.#isShown) return;
    this.#isShown = true;
    for (const keys of this.#rules) keys.showAll(out);
    for (const silence of this.#silences.all()) out.show(silenceItem(silence));
  }

  size(): { readonly [what: string]: number } {
    let [alerts, keys, neighbours] = [0, 0, 0];
    for (const rule of this.#rules) {
      alerts += rule.openAlerts;
      keys += rule.followed;
    }
    for (const one of this.#neighbours.values()) neighbours += one.size;
    return { alerts, keys, neighbours, silences: this.#silences.size };
  }

  // ── Controls ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Silences end by event time, which is not that of the control. */
  #control(event: Envelope<In>, control: RuleControl, watermark: Millis, out: Out): void {
    if (control.control === 'noted') {
      return out.emit({ ...event, value: { entry: control.entry, at: control.at } });
    }
    this.#expireSilences(watermark, out);
    const because = carryOut(control, this.#rules, this.#silences, out);
    if (because !== null) out.count('controls_refused');
    out.emit({ ...event, value: { entry: controlEntry(control, because), at: control.at } });
    if (control.control === 'silence' || control.control === 'unsilence') this.#silencesChanged(watermark, out);
  }

  #expireSilences(now: Millis, out: Out): void {
    if (this.#silencesEnd === undefined || this.#silencesEnd > now) return;
    const over = this.#silences.expire(now);
    if (over.length === 0) return;
    for (const id of over) out.show(silenceGone(id));
    this.#silencesChanged(now, out);
  }
  #silencesChanged(now: Millis, out: Out): void {
    this.#silencesEnd = this.#silences.nextEnd();
    for (const keys of this.#rules) keys.showSilences(now, out);
  }

  #holdsAnything(): boolean {
    if (this.#silences.size > 0) return true;
    for (const keys of this.#rules) if (keys.openAlerts + keys.followed > 0) return true;
    for (const one of this.#neighbours.values()) if (one.size > 0) return true;
    return false;
  }
  #clear(): void {
    for (const keys of this.#rules) keys.clear();
    for (const one of this.#neighbours.values()) one.clear();
    this.#silences.clear();
    this.#silencesEnd = undefined;
    this.#deadlines.clear();
    this.#isExpecting = false;
    this.#isShown = true;
  }

  // ── State ──────────────────────────────────────────────────────────────────────────────────────────────────────

  delta(): State | undefined {
    // Orphaned alerts have to be ended first: what is saved here no longer knows them.
    if (!this.#orphaned.isEmpty) return undefined;
    const rules: Record<string, RulesPart['rules'][string]> = {};
    for (const keys of this.#rules) {
      const changes = keys.takeChanges();
      if (changes !== undefined) rules[keys.rule.id] = changes;
    }
    const neighbours: Record<string, RulesPart['neighbours'][string]> = {};
    for (const [kpi, one] of this.#neighbours) {
      const changes = one.takeChanges();
      if (changes.length > 0) neighbours[kpi] = changes;
    }
    const silences = this.#silences.takeChanges();
    const gone = this.#orphaned.removedRules;
    const isEmpty =
      silences.length + gone.length === 0 && Object.keys(rules).length + Object.keys(neighbours).length === 0;
    if (isEmpty) return undefined;
    this.#orphaned.takeRemovedRules();
    return { gone, rules, neighbours, silences } satisfies RulesPart as unknown as State;
  }

  *snapshot(): Iterable<State> {
    const empty: RulesPart = { gone: [], rules: {}, neighbours: {}, silences: [] };
    const part = (some: Partial<RulesPart>): State => ({ ...empty, ...some }) as unknown as State;
    for (const keys of this.#rules) for (const saved of keys.parts()) yield part({ rules: { [keys.rule.id]: saved } });
    for (const [kpi, one] of this.#neighbours) {
      for (const entries of one.parts()) yield part({ neighbours: { [kpi]: entries } });
    }
    for (const silences of this.#silences.parts()) yield part({ silences });
  }

  #restore(saved: readonly State[]): void {
    const { parts, changed, removed } = readSaved(saved, new Set(this.#rules.map((keys) => keys.rule.id)));
    for (const part of parts) {
      for (const keys of this.#rules) {
        const mine = part.rules[keys.rule.id];
        if (mine !== undefined) keys.load(mine);
      }
      for (const [kpi, one] of this.#neighbours) one.load(part.neighbours[kpi] ?? []); // a KPI that is newer than the snapshot has none
      this.#silences.load(part.silences);
    }
    for (const keys of this.#rules) {
      for (const message of keys.resume(changed.has(keys.rule.id))) this.#orphaned.addKey(message);
    }
    for (const { rule, alerts } of removed) this.#orphaned.addRule(rule, alerts);
    this.#silencesEnd = this.#silences.nextEnd();
    this.#isShown = this.#silences.size === 0 && this.#rules.every((keys) => keys.openAlerts === 0);
  }
}
