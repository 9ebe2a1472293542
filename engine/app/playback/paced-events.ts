/** Turns a file of events into something to play: paced by their own times or by a rate, with the time of publication if wanted. */
import type { JsonObject, Millis, RawMessage } from '../../core/types.ts';
import { parseInstant, formatInstant } from '../../core/cloud-events.ts';
import type { Playable } from './play.ts';

export type Pace = { readonly speed: number } | { readonly perSecond: number };

export interface PacedOptions {
  readonly start: Millis;
  readonly pace: Pace;
  /** Give each event the time it is due. */
  readonly retime: boolean;
  /** Where an event goes; null: it does not say, so it goes where the engine will say what is wrong with it. */
  readonly subjectOf: (event: JsonObject) => string | null;
}

const UNKNOWN_SUBJECT = 'cx.events.unknown.unknown.-';
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Lines that are no event are published as they are: the engine rejects them, and says why. */
export async function* pacedEvents(
  lines: AsyncIterable<readonly RawMessage[]>,
  options: PacedOptions,
): AsyncGenerator<Playable> {
  const { start, pace, retime, subjectOf } = options;
  let first: Millis | undefined;
  let index = 0;
  let due = start;
  for await (const batch of lines) {
    for (const line of batch) {
      const event = parse(line.data);
      const time = typeof event?.['time'] === 'string' ? parseInstant(event['time']) : null;
      if ('perSecond' in pace) due = start + Math.floor((index * 1000) / pace.perSecond);
      else if (time !== null) {
        first ??= time;
        due = start + (time - first) / pace.speed;
      }
      index += 1;
      const subject = (event === null ? null : subjectOf(event)) ?? UNKNOWN_SUBJECT;
      const data =
        retime && event !== null
          ? encoder.encode(JSON.stringify({ ...event, time: formatInstant(Math.round(due)) }))
          : line.data;
      yield { due, subject, headers: { 'content-type': 'application/cloudevents+json' }, data, line: line.seq };
    }
  }
}

function parse(data: Uint8Array): JsonObject | null {
  try {
    const value = JSON.parse(decoder.decode(data)) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null; // published as it is
  }
}
