/**
 * What partitions tell the one that combines them, on `cx.partial.<p>`: sums since the last message, how far time is, and
 * what people decided. One stream, so that all of it comes in one order that a restart repeats.
 */
import { fnv1a64 } from '../../../engine/core/hash.ts';
import { canonical } from '../layout.ts';
import type {
  BatchStage,
  Json,
  JsonObject,
  Millis,
  OutputMessage,
  Prepared,
  PreparedItem,
  RawMessage,
  State,
} from '../../../engine/core/types.ts';
import { START_OF_TIME } from '../../../engine/core/types.ts';
import { ACTION_RECORDS } from '../../actions/forwarded-actions.ts';
import { isGathered } from '../../between/gathered-records.ts';
import { CLOCK_RECORDS } from '../../clocks/forwarded-records.ts';
import { JOURNEY_STEPS } from '../../journeys/forwarded-steps.ts';
import { isForwardedRaised } from '../../rules/per-event/raised.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import type { JoinedAll } from './joining.ts';
import { fromBase64, toBase64 } from '../saved/base64.ts';

export interface PartialMessage {
  readonly partition: number;
  /** Rises by one with each message of the partition: what came already is known by it, whatever happened to the stream. */
  readonly number: number;
  /** Under which KPIs it was written (`layoutHash`). */
  readonly layout: string;
  /** A delta of the KPI operator's state (table-state.ts); null: nothing was added up. */
  readonly sums: Uint8Array | null;
  /** A decision of a person, to be taken in by who judges the rules. */
  readonly control: CxEnvelope | null;
  /** The sums are those of this event alone; null: of any number. */
  readonly event: SingleEvent | null;
  /** The first under this layout, of a partition that ran under another before. */
  readonly born?: Joined;
  /** What its events do to clocks (clocks/forwarded-records.ts). */
  readonly clocks?: Json;
  /** The steps that its events are (journeys/forwarded-steps.ts). */
  readonly journeys?: Json;
  /** What its events raise, or end (rules/per-event/raised.ts). */
  readonly raised?: Json;
  /** What its events do to actions (actions/forwarded-actions.ts). */
  readonly actions?: Json;
}
/** What the partition saw before: KPIs that are not of that layout join it here. */
export interface Joined {
  readonly layout: string;
  /** The highest time of any event until then, whether a KPI read it or not. */
  readonly maxTs: Millis;
  /** Which KPIs those are; known to who combines. */
  readonly kpis?: readonly string[];
  /** Those that have now joined every partition; known to who combines. */
  readonly everywhere?: JoinedAll;
}
/** Of an event that goes alone because it may be too late for who combines: what is then said of it. */
export interface SingleEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly ts: Millis;
  /** KPIs that read it and for which it was in time where it came in. */
  readonly kpis: readonly string[];
}
export interface PartialTime {
  readonly watermark: Millis;
  readonly isIdle: boolean;
}

export const PARTIALS_SUBJECT = 'cx.partial';

export function partialMessage(
  { partition, number, layout, sums, control, event, born, clocks, journeys, raised, actions }: PartialMessage,
  { watermark, isIdle }: PartialTime,
): OutputMessage {
  return {
    subject: `${PARTIALS_SUBJECT}.${String(partition)}`,
    type: 'cx.partial.added',
    time: watermark === START_OF_TIME ? 0 : watermark,
    data: {
      partition,
      number,
      layout,
      watermark,
      idle: isIdle,
      ...(sums === null ? null : { sums: toBase64(sums) }),
      ...(control === null ? null : { control: control as unknown as Json }),
      ...(event === null ? null : { event: event as unknown as Json }),
      ...(born === undefined ? null : { born: born as unknown as Json }),
      ...(clocks === undefined ? null : { clocks }),
      ...(journeys === undefined ? null : { journeys }),
      ...(raised === undefined ? null : { raised }),
      ...(actions === undefined ? null : { actions }),
    },
  };
}

const decoder = new TextDecoder();

/** Reads them again. What is no such message, which only a stranger can have published, is rejected. */
export function partialsStage(): BatchStage<RawMessage, Prepared<PartialMessage>> {
  return { name: 'partials', apply: (batch) => Promise.resolve(batch.map(readPartial)) };
}

/** One message of the stream. */
export function readPartial({ seq, stored, subject, data }: RawMessage): Prepared<PartialMessage> {
  const read = readMessage(decoder.decode(data));
  if (read === null) {
    const rejected: OutputMessage = {
      subject: 'cx.dlq.malformed',
      type: 'cx.dlq.rejected',
      time: stored,
      data: { reason: 'malformed', error: 'it is not what a partition tells', at: '', subject, seq },
    };
    return { seq, stored, items: [{ rejected }] };
  }
  const { message, time } = read;
  const items: PreparedItem<PartialMessage>[] = [];
  const { sums, control, born, clocks, journeys, raised, actions } = message;
  const between = [born, clocks, journeys, raised, actions];
  if (sums !== null || control !== null || between.some((one) => one !== undefined)) {
    const id = `${String(message.partition)}|${String(message.number)}`;
    items.push({ event: { id, key: String(message.partition), ts: time.watermark, value: message } });
  }
  return { seq, stored, items, reported: { input: message.partition, ...time } };
}

function readMessage(text: string): { readonly message: PartialMessage; readonly time: PartialTime } | null {
  let data: Json;
  try {
    data = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { partition, number, layout, watermark, idle, sums, control, event, born, clocks, journeys, raised, actions } =
    data as JsonObject;
  if (!isCount(partition) || !isCount(number) || typeof layout !== 'string') return null;
  if (typeof watermark !== 'number' || typeof idle !== 'boolean') return null;
  const bytes = typeof sums === 'string' ? fromBase64(sums) : null;
  if (sums !== undefined && bytes === null) return null;
  if (event !== undefined && !isSingle(event)) return null;
  if (born !== undefined && !isJoined(born)) return null;
  if (clocks !== undefined && !isGathered(clocks, CLOCK_RECORDS)) return null;
  if (journeys !== undefined && !isGathered(journeys, JOURNEY_STEPS)) return null;
  if (raised !== undefined && !isForwardedRaised(raised)) return null;
  if (actions !== undefined && !isGathered(actions, ACTION_RECORDS)) return null;
  const alone = event === undefined ? null : (event as unknown as SingleEvent);
  return {
    message: {
      partition,
      number,
      layout,
      sums: bytes,
      control: (control ?? null) as unknown as CxEnvelope | null,
      event: alone,
      ...(born === undefined ? null : { born: born as unknown as Joined }),
      ...(clocks === undefined ? null : { clocks }),
      ...(journeys === undefined ? null : { journeys }),
      ...(raised === undefined ? null : { raised }),
      ...(actions === undefined ? null : { actions }),
    },
    time: { watermark, isIdle: idle },
  };
}
function isSingle(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { id, type, key, ts, kpis } = value as JsonObject;
  const isNamed = [id, type, key].every((text) => typeof text === 'string');
  return isNamed && Number.isSafeInteger(ts) && Array.isArray(kpis);
}
function isJoined(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { layout, maxTs } = value as JsonObject;
  return typeof layout === 'string' && Number.isSafeInteger(maxTs);
}
function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Says whether two sets of KPIs lay their state out alike. */
export function layoutHash(fingerprint: State): string {
  return fnv1a64(canonical(fingerprint)).toString(36);
}
