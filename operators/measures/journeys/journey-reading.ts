/** What measures of journeys read: outcomes of one journey (operators/journeys/journey-outcome.ts). */
import type { JsonObject } from '../../../engine/core/types.ts';

/** As journeys say it of themselves; here so that measures need to know nothing else of them. */
const TYPE_PREFIX = 'journey.';
export const JOURNEY: JsonObject = { $ref: '#/$defs/id', description: 'the journey, by its id' };
export const STEP = (description: string): JsonObject => ({ $ref: '#/$defs/id', description });

export function journeyTypes({ journey }: { readonly journey: string }): readonly string[] {
  return [TYPE_PREFIX + journey];
}

/** First and last time of each, as instants of one form: their order is that of their texts. */
export type ReachedSteps = Readonly<Partial<Record<string, { readonly first: string; readonly last: string }>>>;

/** The steps that were reached, of an ending; undefined: it is none. */
export function stepsOf(data: JsonObject): ReachedSteps | undefined {
  return data['event'] === 'ended' ? (data['steps'] as unknown as ReachedSteps) : undefined;
}
