/** Which steps an event is, and whose. Looks at nothing but the event, so it runs where the event comes in. */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Matcher, MatchHearing } from '../between/between.ts';
import { keyOf, type KeyOf } from '../clocks/compiled-clock.ts';
import { keptField, type Field } from '../clocks/fields.ts';
import type { CompileExpression, CxEnvelope, Expression } from '../shared/messages.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';

interface Reading {
  readonly journey: number;
  readonly step: number;
  readonly where: Expression | null;
}
interface Reader {
  readonly keyOf: KeyOf;
  readonly fields: readonly Field[];
}
export class StepMatcher implements Matcher<StepRecord> {
  /** By event type: journeys in their order, steps of one in theirs. */
  readonly #readings = new Map<string, Reading[]>();
  readonly #readers: readonly Reader[];
  readonly #ids: readonly string[];

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(journeys: readonly JourneyConfig[], compile: CompileExpression) {
    this.#ids = journeys.map(({ id }) => id);
    this.#readers = journeys.map(({ id, key, keep }) => ({
      keyOf: keyOf(compile(key, `journeys[${id}].key`)),
      fields: keep.map(keptField),
    }));
    journeys.forEach(({ id: of, steps }, journey) => {
      steps.forEach(({ id, on, where }, step) => {
        const place = `journeys[${of}].steps[${id}].where`;
        const reading: Reading = { journey, step, where: where === null ? null : compile(where, place) };
        for (const type of on) {
          const of = this.#readings.get(type);
          if (of === undefined) this.#readings.set(type, [reading]);
          else of.push(reading);
        }
      });
    });
  }

  /** An event that is several steps of a journey is the first of them. */
  match({ id, ts, value }: Pick<CxEnvelope, 'id' | 'ts' | 'value'>, hearing: MatchHearing<StepRecord>): void {
    const readings = this.#readings.get(value.type);
    if (readings === undefined) return;
    let done = -1;
    for (const { journey, step, where } of readings) {
      if (journey === done) continue;
      if (where !== null && where(value as unknown as Readonly<Record<string, unknown>>) !== true) continue;
      done = journey;
      const { keyOf: keyIn, fields } = elementAt(this.#readers, journey);
      const key = keyIn(value);
      if (key === undefined) hearing.keyless(elementAt(this.#ids, journey));
      // Null: the event does not say.
      else hearing.record({ journey, key, step, at: ts, id, kept: fields.map((field) => field(value) ?? null) });
    }
  }
}
