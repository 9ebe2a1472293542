/**
 * The scale that an answer was given on: its own (`data.scale`; `data.rating` where that is what is measured), else that of
 * the measure, else a usual one. An answer that lies outside its scale is none.
 */
import type { Json, JsonObject } from '../../engine/core/types.ts';
import { number } from '../config/config-schema-forms.ts';
import { variablesOf } from '../config/expression-names.ts';
import type { Scale } from '../events/answer-bounds.ts';
import type { CompileExpression } from '../shared/messages.ts';
import type { MeasureSource, Read } from './measure.ts';
import { numberOf, parseBounded, VALUE, type Bounded } from './reading.ts';

export const SCALE_FIELDS = {
  value: VALUE,
  min: number('the lowest answer of the scale, where an answer does not bring its own (`data.scale`)'),
  max: number('the highest answer of the scale, where an answer does not bring its own'),
};

export function parseScaled(source: MeasureSource): Bounded {
  const bounded = parseBounded(source);
  const { min, max } = bounded;
  if (min !== undefined && max !== undefined && !(min < max)) {
    source.report(source.section.path('max'), `found ${max}, expected more than min (${min})`);
  }
  return bounded;
}

/** The measure's own scale; an end that it leaves out is that of `usual`. */
export function scaleWithin({ min, max }: Pick<Bounded, 'min' | 'max'>, usual: Scale): Scale {
  return { min: min ?? usual.min, max: max ?? usual.max };
}

/** Where the measure's scale counts for answers that bring none: what it measures is a field of the event. */
export function answersOn({ value }: Pick<Bounded, 'value'>, scale: Scale): Scale | undefined {
  return isOfData(value) && scale.min < scale.max ? scale : undefined;
}

/** `otherwise`: the scale of an answer that does not bring its own. `placed`: what is measured in an answer within its scale. */
export function scaledReader(
  source: string,
  compile: CompileExpression,
  otherwise: (data: JsonObject) => Scale | undefined,
  placed: (answer: number, scale: Scale) => number,
): Read {
  const read = compile(source);
  const own = ownScaleOf(source);
  return (event) => {
    const answer = numberOf(read(event as unknown as Readonly<Record<string, unknown>>));
    if (answer === undefined) return undefined;
    const scale = own(event.data) ?? otherwise(event.data);
    if (scale === undefined || !(scale.min < scale.max) || !(answer >= scale.min && answer <= scale.max))
      return undefined;
    return placed(answer, scale);
  };
}

/** Multiplied before it is divided, so that whole steps stay whole. */
export function rescaled(answer: number, from: Scale, to: Scale): number {
  if (from.min === to.min && from.max === to.max) return answer;
  return ((answer - from.min) * (to.max - to.min)) / (from.max - from.min) + to.min;
}

/** What scores from a model or attributes have is another scale than the answer of the same event. */
function isOfData(source: string): boolean {
  return variablesOf(source).every((name) => name === 'data');
}

function ownScaleOf(source: string): (data: JsonObject) => Scale | undefined {
  if (!isOfData(source)) return () => undefined;
  if (/\brating\b/.test(source)) return (data) => scaleIn(data['rating']) ?? scaleIn(data['scale']);
  return (data) => scaleIn(data['scale']);
}

export function scaleIn(value: Json | undefined): Scale | undefined {
  return isScale(value) ? value : undefined;
}
function isScale(value: Json | undefined): value is Json & Scale {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { min, max } = value as JsonObject;
  return typeof min === 'number' && typeof max === 'number';
}
