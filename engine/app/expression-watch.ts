/**
 * What becomes of the configuration's expressions in a running engine: which never gave a result (a misspelt field, a number
 * taken for a text), which are given up for taking too many steps. By their place in the configuration; what they say, and
 * values, are not kept. Counts are of this process.
 */
import { compileCounted } from '../adapters/expressions/cel.ts';
import { noEvaluations, type CompileExpression, type Evaluations } from '../core/expressions/expression.ts';
import type { Family, Sample } from '../core/metrics.ts';
import type { Millis } from '../core/types.ts';
import type { Degradation } from '../core/wire.ts';
import { MOST_NAMED } from './degradations.ts';

/** So many evaluations without one result are no accident. */
export const LEAST_EVALUATIONS = 1000;
/** Rules judge values, and sources read webhooks, which are far fewer than events. */
const LEAST_OF_FEW = 100;
const FEW = /^(?:rules|sources)\b/;
/** So long after the last overrun it is still said. */
export const OVERRUN_SAID_MS = 600_000;

interface Watched extends Evaluations {
  /** What was taken of it to be counted elsewhere. */
  readonly taken: Evaluations;
  overrunsSeen: number;
  overrunAt: Millis;
}

export class ExpressionWatch {
  readonly #byPlace = new Map<string, Watched>();

  /** What is compiled for the same place again, for another partition or after a restart, counts there. */
  readonly compile: CompileExpression = (source, place) => {
    if (place === undefined) return compileCounted(source, noEvaluations());
    let watched = this.#byPlace.get(place);
    if (watched === undefined) {
      watched = newlyWatched();
      this.#byPlace.set(place, watched);
    }
    return compileCounted(source, watched);
  };

  /** What was counted since this was last asked: of a thread, to be added to what its engine counts. */
  takeNew(): readonly (readonly [place: string, counted: Evaluations])[] {
    return [...this.#byPlace].flatMap(([place, watched]) => {
      const { all, withoutResult, overruns, taken } = watched;
      if (all === taken.all) return [];
      const counted = {
        all: all - taken.all,
        withoutResult: withoutResult - taken.withoutResult,
        overruns: overruns - taken.overruns,
      };
      Object.assign(taken, { all, withoutResult, overruns });
      return [[place, counted] as const];
    });
  }

  add(counts: ReturnType<ExpressionWatch['takeNew']>): void {
    for (const [place, { all, withoutResult, overruns }] of counts) {
      const watched = this.#byPlace.get(place) ?? newlyWatched(); // it was not compiled here
      this.#byPlace.set(place, watched);
      watched.all += all;
      watched.withoutResult += withoutResult;
      watched.overruns += overruns;
    }
  }

  /** Places whose expression never gave a result, in the order of the configuration. */
  #silent(least: number | undefined): readonly string[] {
    return this.#placesWhere(
      ({ all, withoutResult }, place) =>
        all >= (least ?? (FEW.test(place) ? LEAST_OF_FEW : LEAST_EVALUATIONS)) && withoutResult === all,
    );
  }

  /** `least`: evaluations without one result that are worth saying. */
  degradations(now: Millis, least?: number): readonly Degradation[] {
    for (const watched of this.#byPlace.values()) {
      if (watched.overruns > watched.overrunsSeen) watched.overrunAt = now;
      watched.overrunsSeen = watched.overruns;
    }
    const silent = this.#silent(least);
    const tooLong = this.#placesWhere(({ overrunAt }) => now - overrunAt < OVERRUN_SAID_MS);
    return [
      ...degradation('expression_silent', silent, (whose) => `${whose} never gave a result: a field may be misspelt`),
      ...degradation(
        'expression_too_long',
        tooLong,
        (whose) => `${whose} had no result, because evaluations took too many steps and were given up`,
      ),
    ];
  }

  /** A changed configuration is taken up: what it compiles counts from nothing. Facts are joined as they were until a restart. */
  restart(): void {
    for (const place of this.#byPlace.keys()) if (!place.startsWith('facts')) this.#byPlace.delete(place);
  }

  families(): readonly Family[] {
    const family = (name: string, help: string, count: (watched: Watched) => number): Family => ({
      name: `earshot_expression_${name}_total`,
      help,
      type: 'counter',
      samples: [...this.#byPlace].map(([place, watched]): Sample => ({ labels: { place }, value: count(watched) })),
    });
    return [
      family('evaluations', 'Evaluations of an expression of the configuration.', ({ all }) => all),
      family('without_result', 'Of them, without a result.', ({ withoutResult }) => withoutResult),
      family('overruns', 'Of those, given up for taking too many steps.', ({ overruns }) => overruns),
    ];
  }

  #placesWhere(holds: (watched: Watched, place: string) => boolean): readonly string[] {
    return [...this.#byPlace].filter(([place, watched]) => holds(watched, place)).map(([place]) => place);
  }
}

const newlyWatched = (): Watched => ({
  ...noEvaluations(),
  overrunsSeen: 0,
  overrunAt: -Infinity,
  taken: noEvaluations(),
});

function degradation(
  code: 'expression_silent' | 'expression_too_long',
  places: readonly string[],
  sentence: (whose: string) => string,
): Degradation[] {
  if (places.length === 0) return [];
  const count = places.length;
  const whose =
    count === 1 ? 'an expression of the configuration' : `${String(count)} expressions of the configuration`;
  return [{ code, message: sentence(whose), values: { expressions: count }, about: places.slice(0, MOST_NAMED) }];
}
