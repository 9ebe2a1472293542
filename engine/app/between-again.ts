/**
 * `earshot run --backfill`: clocks, levels and journeys over input that is read again. Clocks and journeys that joined are taken over
 * as they stand after it, as if they had always been there; the outcomes of all of them are what KPIs that are filled count. What
 * they would have said meanwhile is past, and is not said: nobody acts on a warning of last week.
 *
 * State size: that of the same clocks and journeys in the running engine.
 */
import { Chain, pipe, type ChainDef } from '../core/chain.ts';
import type { SavedChain } from '../core/saved-chain.ts';
import type { Collector, Envelope, Millis, OperatorDef, State } from '../core/types.ts';
import { clocksOperator } from '../../operators/clocks/clocks.ts';
import { journeysOperator } from '../../operators/journeys/journeys.ts';
import { levelsOperator } from '../../operators/levels/levels.ts';
import type { CompileExpression, CxEvent } from '../../operators/shared/messages.ts';
import type { Config } from './config/config.ts';
import { calendarsOf, levelsOf } from './pipeline.ts';

/** Whose saved state holds each one under its id, and says in its fingerprint whose it holds. */
const OWNERS = ['clocks', 'journeys'] as const;
type Owner = (typeof OWNERS)[number];

type Fingerprints = SavedChain['fingerprints'];

/** The same without clocks and journeys that were not there when this was saved. */
export function withoutJoined(config: Config, saved: Fingerprints): Config {
  const [isNewClock, isNewJourney] = [hasJoined('clocks', saved), hasJoined('journeys', saved)];
  return {
    ...config,
    clocks: config.clocks.filter((clock) => !isNewClock(clock)),
    journeys: config.journeys.filter((journey) => !isNewJourney(journey)),
  };
}

function hasJoined(owner: Owner, saved: Fingerprints): (one: { readonly id: string }) => boolean {
  const known = saved[owner];
  const ids = new Set(typeof known === 'object' && known !== null ? Object.keys(known) : []); // it had none
  return ({ id }) => !ids.has(id);
}

export class BetweenAgain {
  /** Ids of those that were not there when this was saved. */
  readonly joined: Readonly<Record<Owner, readonly string[]>>;
  readonly #chain: Chain<CxEvent, CxEvent>;

  /** `hear`: every event, and what follows from it, as KPIs read them. */
  constructor(config: Config, compile: CompileExpression, saved: SavedChain, hear: (event: Envelope<CxEvent>) => void) {
    const { fingerprints } = saved;
    const [isNewClock, isNewJourney] = [hasJoined('clocks', fingerprints), hasJoined('journeys', fingerprints)];
    const { clocks, journeys } = config;
    const known = withoutJoined(config, fingerprints);
    this.joined = {
      clocks: clocks.filter(isNewClock).map(({ id }) => id),
      journeys: journeys.filter(isNewJourney).map(({ id }) => id),
    };
    const { plans, leveled } = levelsOf(config);
    const clocksOf = (of: Config['clocks']) => clocksOperator(of, compile, calendarsOf(config), leveled);
    const walked = pipe(
      journeysOperator(journeys.filter(isNewJourney), compile),
      others(journeysOperator(known.journeys, compile)),
    );
    const rest: ChainDef<CxEvent, CxEvent> = plans.length === 0 ? walked : pipe(levelsOperator<CxEvent>(plans), walked);
    const chain = pipe(clocksOf(clocks.filter(isNewClock)), pipe(others(clocksOf(known.clocks)), rest));
    this.#chain = new Chain(chain, { partition: 0 }, listener(hear));
  }

  event(event: Envelope<CxEvent>): void {
    this.#chain.event(event);
  }
  dueAt(): Millis {
    return this.#chain.due;
  }
  advance(watermark: Millis): void {
    this.#chain.advance(watermark);
  }

  /** What was saved, with those that joined put in. */
  takeOver({ parts }: SavedChain): SavedChain['parts'] {
    const whole: Record<string, readonly State[]> = { ...parts };
    for (const [name, part] of this.#chain.snapshot()) {
      const owner = OWNERS.find((one) => one === name);
      if (owner !== undefined && this.joined[owner].length > 0) whole[name] = [...(whole[name] ?? []), part]; // the first of it
    }
    return whole;
  }
}

/** Those that were there: their outcomes are counted, their own state stands as it was saved. */
function others(def: OperatorDef<CxEvent, CxEvent>): OperatorDef<CxEvent, CxEvent> {
  return { ...def, name: `${def.name}_known` };
}

function listener(emit: (event: Envelope<CxEvent>) => void): Collector<CxEvent> {
  const nothing = (): void => undefined;
  return { emit, send: nothing, forward: nothing, show: nothing, urgent: nothing, count: nothing };
}
