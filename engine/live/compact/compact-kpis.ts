/** Writes KPI values as `earshot.v2.msgpack` has them (core/compact/compact-form.ts): what changed of them after a sequence. */
import { type CompactTime, FIELD } from '../../core/compact/compact-form.ts';
import { at } from '../../core/must.ts';
import { percentInterval, percentOf } from '../../core/share.ts';
import type { KpiMessage } from '../../core/wire.ts';
import { type Filter, visibleKpi } from '../filter.ts';
import type { Cell } from '../live-board.ts';
import { CHANGED } from './changed-fields.ts';
import type { MessagePackWriter } from './messagepack-writer.ts';

export class CompactKpis {
  readonly #writer: MessagePackWriter;

  /** @param writer nothing lies in it whenever this is called */
  constructor(writer: MessagePackWriter) {
    this.#writer = writer;
  }

  /** @param since what a reader already has; -1: nothing */
  write(cells: readonly Cell[], filter: Filter, since: number): Uint8Array {
    const writer = this.#writer;
    if (cells.length === 0) {
      writer.list(0);
      return writer.take();
    }
    const times = new FrameTimes();
    for (const cell of cells) this.#value(cell, filter, since, times);
    const values = writer.take();
    writer.list(3 + cells.length);
    times.write(writer);
    writer.raw(values);
    return writer.take();
  }

  #value(cell: Cell, filter: Filter, since: number, times: FrameTimes): void {
    const { changed, message } = cell;
    const isNew = (field: number): boolean => at(changed, field) > since;
    const part = isNew(CHANGED.value) || isNew(CHANGED.interval) ? partOf(message) : null;
    let mask = isNew(CHANGED.n) ? FIELD.n : 0;
    if (part !== null) mask |= FIELD.part;
    else {
      if (isNew(CHANGED.value)) mask |= FIELD.value;
      if (isNew(CHANGED.interval)) mask |= FIELD.interval;
    }
    if (isNew(CHANGED.watermark)) mask |= FIELD.watermark;
    if (isNew(CHANGED.window)) mask |= FIELD.window;
    if (isNew(CHANGED.revision)) mask |= FIELD.revision;
    if (isNew(CHANGED.flags)) mask |= FIELD.flags;
    if (isNew(CHANGED.detail)) mask |= FIELD.detail;
    if (isNew(CHANGED.name)) mask |= FIELD.name;
    this.#writer.list(2 + bitsIn(mask));
    this.#writer.integer(cell.number);
    this.#writer.integer(mask);
    this.#often(message, mask, part, times);
    this.#seldom(message, mask, filter);
  }

  #often(message: KpiMessage, mask: number, part: number | null, times: FrameTimes): void {
    const writer = this.#writer;
    if ((mask & FIELD.n) !== 0) writer.number(message.n);
    if (part !== null) writer.integer(part);
    if ((mask & FIELD.value) !== 0) writer.json(message.value);
    if ((mask & FIELD.interval) !== 0) {
      if (message.interval === null) writer.json(null);
      else {
        writer.list(2);
        writer.number(message.interval[0]);
        writer.number(message.interval[1]);
      }
    }
    if ((mask & FIELD.watermark) !== 0) writer.integer(times.watermark(message.watermark));
    if ((mask & FIELD.window) !== 0) writer.integer(times.window(message.window));
    if ((mask & FIELD.revision) !== 0) writer.integer(message.revision * 2 + (message.final ? 1 : 0));
  }

  #seldom(message: KpiMessage, mask: number, filter: Filter): void {
    const writer = this.#writer;
    if ((mask & FIELD.flags) !== 0) writer.integer(flag(message.partial) + 3 * flag(message.retracted));
    if ((mask & FIELD.detail) !== 0) {
      const { detail } = visibleKpi(filter, message);
      writer.list(detail === undefined ? 0 : 1);
      if (detail !== undefined) writer.json(detail);
    }
    if ((mask & FIELD.name) !== 0) {
      writer.list(2);
      writer.text(message.kpi);
      writer.json(message.key);
    }
  }
}

/** How many of `n` it is, where value and interval follow from that exactly; null: they don't. */
function partOf({ value, n, interval }: KpiMessage): number | null {
  if (value === null || !(n > 0)) return null;
  const part = Math.round((value / 100) * n);
  if (!Number.isSafeInteger(part) || percentOf(part, n) !== value) return null;
  const would = percentInterval(part, n);
  if (would === null || interval === null) return would === interval ? part : null;
  return would[0] === interval[0] && would[1] === interval[1] ? part : null;
}

function flag(said: boolean | undefined): number {
  return said === undefined ? 0 : said ? 2 : 1;
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The instants that the values of one frame refer to, each once. */
class FrameTimes {
  readonly #watermarks = new Map<string, number>();
  readonly #windows: KpiMessage['window'][] = [];
  readonly #windowPlaces = new Map<string, number>();

  watermark(text: string): number {
    const known = this.#watermarks.get(text);
    if (known !== undefined) return known;
    const place = this.#watermarks.size;
    this.#watermarks.set(text, place);
    return place;
  }

  window(window: KpiMessage['window']): number {
    const name = `${window.start}/${window.end}`;
    const known = this.#windowPlaces.get(name);
    if (known !== undefined) return known;
    const place = this.#windows.length;
    this.#windows.push(window);
    this.#windowPlaces.set(name, place);
    return place;
  }

  write(writer: MessagePackWriter): void {
    const [first] = this.#watermarks.keys();
    const base = instantOf(first ?? this.#windows[0]?.end) ?? 0; // no times: nothing is relative to it
    writer.integer(base);
    writer.list(this.#watermarks.size);
    for (const text of this.#watermarks.keys()) writer.json(relative(text, base));
    writer.list(this.#windows.length);
    for (const { start, end } of this.#windows) {
      writer.list(2);
      writer.json(relative(start, base));
      writer.json(relative(end, base));
    }
  }
}

function relative(text: string, base: number): CompactTime {
  const instant = instantOf(text);
  return instant === undefined ? text : base - instant;
}

/** Undefined: no instant that would be written so. */
function instantOf(text: string | undefined): number | undefined {
  const instant = Date.parse(text ?? ''); // no time at all is no instant
  return Number.isFinite(instant) && new Date(instant).toISOString() === text ? instant : undefined;
}
