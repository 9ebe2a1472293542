/**
 * What a pipeline is made of: the stateless stages and the stateful chain. The same for a live engine and for a file.
 */
import { compileExpression } from '../adapters/expressions/cel.ts';
import { createCodec } from '../adapters/formats/codec.ts';
import { createSchemaValidator, type ValidateData } from '../adapters/formats/schema-validator.ts';
import { fan, pipe, type ChainDef } from '../core/chain.ts';
import { must } from '../core/must.ts';
import type { BatchStage, Prepared, RawMessage, TimeState } from '../core/types.ts';
import { pipeStages } from '../runtime/stages.ts';
import type { CxTextScorer } from '../../models/serving/scorer.ts';
import type { Config } from './config/config.ts';
import { openCalendars } from './open-calendars.ts';
import { afterEventOperators, withValueOperators, type Judged } from './operator-list.ts';
import { qualityRulesOf } from '../../operators/cleaning/cleaning-config.ts';
import { boundsOver } from '../../operators/events/answer-bounds.ts';
import { answerScalesOf } from '../../operators/measures/measures.ts';
import { decodeStage, type DecodeOptions } from '../../operators/events/decode.ts';
import { actionTriggers } from '../../operators/actions/action-triggers.ts';
import { combinedActions } from '../../operators/actions/combined-actions.ts';
import { clocksOperator } from '../../operators/clocks/clocks.ts';
import { combinedClocks, type Combinable } from '../../operators/clocks/combined-clocks.ts';
import type { CalendarOf } from '../../operators/clocks/compiled-clock.ts';
import { combinedJourneys } from '../../operators/journeys/combined-journeys.ts';
import { journeysOperator } from '../../operators/journeys/journeys.ts';
import { type IngestOptions } from '../../operators/events/ingest.ts';
import { dataSchemas } from '../../operators/events/types/event-types.ts';
import { combinedKpis, forwardedControls, inputsOperator } from '../../operators/kpis/exchange/combine.ts';
import { kpisOperator, type KpisOptions } from '../../operators/kpis/kpis.ts';
import type { PartialMessage } from '../../operators/kpis/exchange/partial-message.ts';
import { partialsOperator } from '../../operators/kpis/exchange/partials.ts';
import { levelPlans, type LevelPlan } from '../../operators/levels/level-plan.ts';
import { levelsOperator } from '../../operators/levels/levels.ts';
import { controlsOperator } from '../../operators/controls/controls.ts';
import { forwardedRaised, raisedOperator } from '../../operators/rules/per-event/raised-operators.ts';
import { scoreStage } from '../../operators/scoring/score-stage.ts';
import type { CompileExpression, CxEvent } from '../../operators/shared/messages.ts';

const codec = createCodec();
let validator: ValidateData | undefined;

export interface ChainOptions {
  /** KPIs that start from nothing if their saved state does not fit. */
  readonly reset?: ReadonlySet<string>;
  /** Expressions of the configuration. */
  readonly compile?: CompileExpression;
}

/** The stateful operators, in the order events meet them. */
export function chainOf(config: Config, options: ChainOptions = {}): ChainDef<CxEvent, never> {
  const { eventRules, actions, dispatch } = config;
  const kpis = kpisOperator(config.kpis, kpiOptions(config, options));
  const compile = options.compile ?? compileExpression;
  const calendarOf = calendarsOf(config);
  const judged = fan<CxEvent, Judged>(kpis, controlsOperator(), actionTriggers(actions, dispatch, compile));
  // Without event rules, as without levels, the chain, and so its saved state, is as it was.
  const values = eventRules.length === 0 ? judged : fan<CxEvent, Judged>(judged, raisedOperator(eventRules, compile));
  const { plans, leveled } = levelsOf(config);
  const clocks = clocksOperator(config.clocks, compile, calendarOf, leveled);
  const rest = pipe(
    journeysOperator(config.journeys, compile),
    withValueOperators(config, values, calendarOf, compile),
  );
  const read = plans.length === 0 ? rest : pipe(levelsOperator<CxEvent>(plans), rest);
  return afterEventOperators(config, pipe(clocks, read));
}

export function levelsOf({ kpis }: Config): {
  readonly plans: readonly LevelPlan[];
  readonly leveled: ReadonlySet<string>;
} {
  const plans = levelPlans(kpis);
  return { plans, leveled: new Set(plans.map(({ clock }) => clock)) };
}

/** What `calendar:` names. */
export function calendarsOf(config: Config): CalendarOf {
  const calendars = openCalendars(config.calendars);
  return (id) => must(calendars.get(id), 'a calendar that the configuration names');
}

/** The same for several partitions: what runs in each of them (`combined`: how far what combines them is) … */
export function partitionChainOf(
  config: Config,
  combined: () => TimeState | undefined,
  { compile }: Pick<ChainOptions, 'compile'> = {},
): ChainDef<CxEvent, never> {
  const { partitions } = config;
  const options = kpiOptions(config, compile === undefined ? {} : { compile });
  const { clocks, journeys, eventRules, actions, dispatch } = config;
  const between = { clocks, journeys, eventRules, actions, dispatch };
  const partials = partialsOperator(config.kpis, { ...options, partitions, combined, ...between });
  return afterEventOperators(config, partials);
}

/** … and what combines them. */
export function combiningChainOf(config: Config, given: ChainOptions = {}): ChainDef<PartialMessage, never> {
  const options = kpiOptions(config, given);
  const kpis = combinedKpis(config.kpis, options);
  const controls = pipe(forwardedControls(), controlsOperator());
  const compile = given.compile ?? compileExpression;
  const calendarOf = calendarsOf(config);
  const { eventRules, actions, dispatch } = config;
  const judged = fan<Combinable, Judged>(kpis, controls, combinedActions(actions, dispatch, compile));
  const values =
    eventRules.length === 0 ? judged : fan<Combinable, Judged>(judged, forwardedRaised(eventRules, compile));
  const { plans, leveled } = levelsOf(config);
  const clocks = combinedClocks(config.clocks, compile, calendarOf, leveled);
  const rest = pipe(combinedJourneys(config.journeys), withValueOperators(config, values, calendarOf, compile));
  const read = plans.length === 0 ? rest : pipe(levelsOperator<PartialMessage>(plans), rest);
  return pipe(inputsOperator(config.kpis, options), pipe(clocks, read));
}

export function kpiOptions(
  config: Config,
  { reset = new Set(), compile = compileExpression }: ChainOptions = {},
): KpisOptions {
  return {
    zone: config.time.zone,
    liveEveryMs: config.liveEveryMs,
    compile,
    samplesFor: new Set(config.rules.map((rule) => rule.kpi)),
    reset,
    liveFor: new Set(config.rules.filter((rule) => rule.on === 'live').map((rule) => rule.kpi)),
  };
}

/** The first call compiles the schemas, which is most of what a command's start takes: those that read no events go without. */
export function eventRules(config: Config): Omit<IngestOptions, 'maskKey'> {
  validator ??= createSchemaValidator(dataSchemas());
  return {
    codec,
    validate: validator,
    channels: config.channels,
    labels: config.mask.labels,
    maxEventBytes: config.limits.maxEventBytes,
    maxFutureMs: config.time.maxFutureMs,
    quality: qualityRulesOf(config.cleaning),
    answers: boundsOver(answerScalesOf(config.kpis.map(({ measure }) => measure))),
  };
}

/**
 * The stateless stages. `isFile`: the messages are lines of a file, which no broker has stored.
 * `maxRejectBytes`: how much of a rejected message is kept with the reason. `maybeYield`: when the event loop is handed over.
 */
export function stagesOf(
  config: Config,
  scorer: CxTextScorer | null,
  more: Pick<
    DecodeOptions,
    'isFile' | 'isTimeRequired' | 'maxRejectBytes' | 'maybeYield' | 'maskKey' | 'verifyControl' | 'seal'
  >,
): BatchStage<RawMessage, Prepared<CxEvent>> {
  return pipeStages(
    decodeStage({ ...eventRules(config), ...more }),
    scoreStage(scorer, {
      ...config.scoring,
      ...(more.maybeYield === undefined ? {} : { maybeYield: more.maybeYield }),
    }),
  );
}
