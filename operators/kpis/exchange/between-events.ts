/** What happens between the events of a partition, on its way to where partitions come together: of clocks, journeys, actions, alerts. */
import type { Collector } from '../../../engine/core/types.ts';
import type { ActionConfig, DispatchConfig } from '../../actions/action.ts';
import { actionGatherer } from '../../actions/forwarded-actions.ts';
import type { RecordGatherer } from '../../between/gathered-records.ts';
import type { ClockConfig } from '../../clocks/clocks-config.ts';
import { clockGatherer } from '../../clocks/forwarded-records.ts';
import { stepGatherer } from '../../journeys/forwarded-steps.ts';
import { RaisedGatherer } from '../../rules/per-event/event-matcher.ts';
import type { EventRuleConfig } from '../../rules/per-event/event-rules-config.ts';
import type { JourneyConfig } from '../../journeys/journey.ts';
import type { CompileExpression, CxEnvelope } from '../../shared/messages.ts';
import type { PartialMessage } from './partial-message.ts';

/** What runs where partitions come together: events that they read go on as records. */
export interface BetweenConfig {
  readonly clocks?: readonly ClockConfig[];
  readonly journeys?: readonly JourneyConfig[];
  readonly eventRules?: readonly EventRuleConfig[];
  readonly actions?: readonly ActionConfig[];
  readonly dispatch?: DispatchConfig;
}
const NO_DISPATCH: DispatchConfig = { priority: null, weights: { tier: {}, urgency: {}, intensity: {} }, owners: {} };

interface Gathering {
  /** The field of the message. */
  readonly field: 'clocks' | 'journeys' | 'raised' | 'actions';
  /** Counts events that belong to nobody, by owner. */
  readonly counter: string;
  readonly gatherer: Pick<RecordGatherer<never>, 'gather' | 'takeKeyless' | 'isEmpty' | 'take'>;
}

export class BetweenEvents {
  readonly #all: readonly Gathering[];
  readonly #raised: RaisedGatherer;

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(
    { clocks = [], journeys = [], eventRules = [], actions = [], dispatch = NO_DISPATCH }: BetweenConfig,
    compile: CompileExpression,
  ) {
    this.#raised = new RaisedGatherer(eventRules, compile);
    this.#all = [
      { field: 'clocks', counter: 'clock', gatherer: clockGatherer(clocks, compile) },
      { field: 'journeys', counter: 'journey', gatherer: stepGatherer(journeys, compile) },
      { field: 'raised', counter: 'event_rule', gatherer: this.#raised },
      { field: 'actions', counter: 'action', gatherer: actionGatherer(actions, dispatch, compile) },
    ];
  }

  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope, out: Pick<Collector<never>, 'count'>): number {
    let bytes = 0;
    for (const { gatherer, counter } of this.#all) {
      bytes += gatherer.gather(event);
      for (const owner of gatherer.takeKeyless()) out.count(`${counter}_keyless_${owner}`);
    }
    return bytes;
  }
  /** Whether somebody has to hear of it at once. */
  get isUrgent(): boolean {
    return !this.#raised.isEmpty;
  }
  /** What was gathered since the last call; null: nothing. */
  take(): Pick<PartialMessage, Gathering['field']> | null {
    const taken = this.#all.filter(({ gatherer }) => !gatherer.isEmpty);
    return taken.length === 0 ? null : Object.fromEntries(taken.map(({ field, gatherer }) => [field, gatherer.take()]));
  }
}
