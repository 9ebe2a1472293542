/**
 * One subscription's end of `earshot.v2.msgpack`: gives the frames of v1 with whole values, by what it was sent before
 * (compact-form.ts). It keeps that over connections, as whoever resumes does. Throws on what cannot be read and on what refers to
 * something it was not sent: then subscribe again without `resume`.
 */
import { percentInterval, percentOf } from '../share.ts';
import type { KpiMessage, ServerFrame } from '../wire.ts';
import { FIELD, type CompactTime } from './compact-form.ts';
import { MessagePackReader } from './messagepack-reader.ts';

type Snapshot = Extract<ServerFrame, { op: 'snapshot' }>;
type Delta = Extract<ServerFrame, { op: 'delta' }>;
type Draft = { -readonly [Name in keyof KpiMessage]?: KpiMessage[Name] };

export class CompactReader {
  #cells = new Map<number, KpiMessage>();
  /** Where `#cells` stand; -1: nowhere. */
  #seq = -1;

  /** @param id of the subscription; what belongs to another one is not taken apart. */
  read(bytes: Uint8Array, id: number): ServerFrame {
    const frame = new MessagePackReader(bytes).value();
    if (Array.isArray(frame)) return this.#delta(frame as CompactDelta, id);
    if (typeof frame !== 'object' || frame === null || !('op' in frame)) throw new TypeError('it is no frame');
    const known = frame as ServerFrame;
    if (!('id' in known) || known.id !== id) return known;
    if (known.op === 'snapshot') return this.#snapshot(known);
    if (known.op === 'resumed' && known.from !== this.#seq) {
      this.#cells.clear();
      this.#seq = known.from;
    }
    return known;
  }

  #snapshot(frame: Snapshot): Snapshot {
    this.#cells.clear();
    this.#seq = -1;
    const kpis = this.#values(frame.kpis as unknown as CompactValues);
    this.#seq = frame.seq;
    return { ...frame, kpis };
  }

  #delta([id, seq, span, values, more]: CompactDelta, of: number): Delta {
    const prev = seq - span;
    if (id === of && prev !== this.#seq) throw new TypeError('something was left out before it');
    this.#seq = id === of ? -1 : this.#seq;
    const kpis = id === of ? this.#values(values) : [];
    if (id === of) this.#seq = seq;
    return { op: 'delta', id, seq, prev, kpis, alerts: [], ...more };
  }

  #values([base, watermarks, windows, ...values]: CompactValues): KpiMessage[] {
    if (base === undefined || watermarks === undefined || windows === undefined) return [];
    const timeOf = (time: CompactTime): string =>
      typeof time === 'string' ? time : new Date(base - time).toISOString();
    const times = watermarks.map(timeOf);
    const spans = windows.map(([start, end]) => ({ start: timeOf(start), end: timeOf(end) }));
    return values.map(([cell, mask, ...fields]) => {
      const old = this.#cells.get(cell);
      if (old === undefined && (mask & FIELD.name) === 0) throw new TypeError('it is of a cell that was never named');
      const value = changed(old, mask, fields, times, spans);
      this.#cells.set(cell, value);
      return value;
    });
  }
}

type CompactDelta = [id: number, seq: number, span: number, values: CompactValues, more?: object];
type CompactValues = [
  base?: number,
  watermarks?: readonly CompactTime[],
  windows?: readonly (readonly [CompactTime, CompactTime])[],
  ...values: [cell: number, mask: number, ...fields: unknown[]][],
];

function changed(
  old: KpiMessage | undefined,
  mask: number,
  fields: readonly unknown[],
  watermarks: readonly string[],
  windows: readonly KpiMessage['window'][],
): KpiMessage {
  const next: Draft = { ...old };
  let at = 0;
  const has = (bit: number): boolean => (mask & bit) !== 0;
  const field = (): unknown => fields[at++];
  if (has(FIELD.n)) next.n = field() as number;
  const part = has(FIELD.part) ? (field() as number) : null; // said by `value` and `interval`
  if (part !== null) {
    if (next.n === undefined) throw new TypeError('it is a part of nothing');
    next.value = percentOf(part, next.n);
    next.interval = percentInterval(part, next.n);
  }
  if (has(FIELD.value)) next.value = field() as number | null;
  if (has(FIELD.interval)) next.interval = field() as KpiMessage['interval'];
  if (has(FIELD.watermark)) next.watermark = placed(watermarks, field());
  if (has(FIELD.window)) next.window = placed(windows, field());
  if (has(FIELD.revision)) {
    const said = field() as number;
    next.revision = Math.floor(said / 2);
    next.final = said % 2 === 1;
  }
  if (has(FIELD.flags)) {
    const said = field() as number;
    const [partial, retracted] = [said % 3, Math.floor(said / 3)];
    if (partial === 0) delete next.partial;
    else next.partial = partial === 2;
    if (retracted === 0) delete next.retracted;
    else next.retracted = retracted === 2;
  }
  if (has(FIELD.detail)) {
    const [detail] = field() as readonly KpiMessage['detail'][];
    if (detail === undefined) delete next.detail;
    else next.detail = detail;
  }
  if (has(FIELD.name)) [next.kpi, next.key] = field() as [string, KpiMessage['key']];
  return next as KpiMessage;
}

function placed<T>(table: readonly T[], place: unknown): T {
  const found = table[place as number];
  if (found === undefined) throw new TypeError('it refers to a time that the frame does not have');
  return found;
}
