/** What the oracles share. They are written from the definitions, slow and obvious, and use nothing of what they check. */
import type { Millis } from '../../../engine/core/types.ts';
import type { CompileExpression, CxEvent } from '../../shared/messages.ts';
import type { MeasureConfig, MeasureKind } from '../measures.ts';

export interface OracleValue {
  readonly value: number | null;
  readonly n: number;
}

/** The events of one window. */
export interface Sample {
  readonly events: readonly CxEvent[];
  readonly compile: CompileExpression;
  readonly span: Millis;
}

/** What a batch computation over a sample gives. */
export type Oracle<C> = (config: C, sample: Sample) => OracleValue;

/** How a measure is tried. `examples`: what the property tests compare over random streams; their events have `data.amount` (a number, now and then none), `data.score` (0–10, now and then with `data.scale`) and `data.complaint`. */
export interface Trial<C> {
  readonly oracle: Oracle<C>;
  readonly examples: readonly C[];
}
/** What a file `<kind>.oracle.ts` of this folder exports as `trials`. */
export type Trials = { readonly [K in MeasureKind]?: Trial<Extract<MeasureConfig, { kind: K }>> };

/** What the expression gives of each event. */
export function evaluated(source: string, { events, compile }: Sample): unknown[] {
  const expression = compile(source);
  return events.map((event) => expression(event as unknown as Record<string, unknown>));
}
export function numbersIn(source: string, sample: Sample, low = -1e12, high = 1e12): number[] {
  return evaluated(source, sample).filter(
    (value): value is number => typeof value === 'number' && value >= low && value <= high,
  );
}
export function labelsIn(source: string, sample: Sample): string[] {
  return evaluated(source, sample)
    .filter((value) => value !== undefined && value !== null && value !== '')
    .map(String);
}

/** Of nothing there is no value. */
export function over(values: readonly unknown[], value: number): OracleValue {
  return { value: values.length === 0 ? null : value, n: values.length };
}
export function percentOf<T>(values: readonly T[], test: (value: T) => boolean): OracleValue {
  return over(values, (values.filter(test).length / values.length) * 100);
}

/** Sums count in millionths. */
export function exactSum(values: readonly number[]): number {
  let sum = 0n;
  for (const value of values) sum += BigInt(Math.round(value * 1e6));
  return Number(sum) / 1e6;
}
export function meanOf(values: readonly number[]): OracleValue {
  return over(values, exactSum(values) / values.length);
}

interface OracleScale {
  readonly min: number;
  readonly max: number;
}
/** Answers with the scale of each: their own (`data.scale`), else the one given; those outside it left out. */
export function answersIn(
  source: string,
  sample: Sample,
  otherwise: OracleScale,
): readonly (OracleScale & { readonly answer: number })[] {
  return evaluated(source, sample).flatMap((answer, i) => {
    const own = sample.events[i]?.data['scale'] as OracleScale | undefined;
    const { min, max } = own ?? otherwise;
    return typeof answer === 'number' && answer >= min && answer <= max ? [{ answer, min, max }] : [];
  });
}
