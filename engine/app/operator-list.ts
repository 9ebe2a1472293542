/**
 * The operators of the chain, by what they take. One that is listed runs in one partition and in several alike: pipeline.ts puts
 * the lists into every chain. Where state was saved before an operator was added, it begins with none.
 */
import { fan, pipe, type ChainDef } from '../core/chain.ts';
import type { OperatorDef } from '../core/types.ts';
import { actionsOperator } from '../../operators/actions/actions-operator.ts';
import { besideRules, type BesideRules } from '../../operators/actions/beside-rules.ts';
import { auditOperator } from '../../operators/audit/audit-chain.ts';
import { caseLife } from '../../operators/cases/case-life.ts';
import { cleaning } from '../../operators/cleaning/cleaning.ts';
import type { CalendarOf } from '../../operators/clocks/compiled-clock.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { enriched } from '../../operators/events/enriched.ts';
import { rulesOperator } from '../../operators/rules/rules.ts';
import type { CompileExpression, CxEvent } from '../../operators/shared/messages.ts';
import type { Config } from './config/config.ts';

type OnEvents = (config: Config) => OperatorDef<CxEvent, CxEvent>;
/** Values, births, controls, what events raise, and what they do to actions. */
export type Judged = BesideRules;
type OnValues = (config: Config, compile: CompileExpression, calendarOf: CalendarOf) => ChainDef<Judged, never>;

/** Every event passes all of them, one after the other, before the KPIs: in the partition it came to. */
const ON_EVENTS: readonly OnEvents[] = [
  (config) => dedupe<CxEvent>(config.dedupe),
  (config) => cleaning(config.cleaning),
  () => enriched(),
  () => caseLife(),
];

/** Each sees every value, birth, control and record of actions: where those of all partitions meet. */
const ON_VALUES: readonly OnValues[] = [
  ({ rules, kpis, time, eventRules, actions, dispatch }, compile, calendarOf) =>
    pipe(
      besideRules(rulesOperator(rules, kpis, compile, time.zone, eventRules), actions),
      pipe(actionsOperator(actions, dispatch, compile, calendarOf), auditOperator()),
    ),
];

/** The operators of events, then `rest`. */
export function afterEventOperators<Out>(config: Config, rest: ChainDef<CxEvent, Out>): ChainDef<CxEvent, Out> {
  return ON_EVENTS.reduceRight((next, make) => pipe(make(config), next), rest);
}

/** `values`, then the operators of values. */
export function withValueOperators<In>(
  config: Config,
  values: ChainDef<In, Judged>,
  calendarOf: CalendarOf,
  compile: CompileExpression,
): ChainDef<In, never> {
  return pipe(values, fan(...ON_VALUES.map((make) => make(config, compile, calendarOf))));
}
