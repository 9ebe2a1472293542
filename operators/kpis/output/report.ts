/** How values leave: to the next operator, and as messages. */
import { formatInstant } from '../../../engine/core/cloud-events.ts';
import type { Collector, Json, Millis } from '../../../engine/core/types.ts';
import type { KpiMessage } from '../../../engine/core/wire.ts';
import type { Lowered } from '../../aggregates/aggregate.ts';
import { NO_BIRTH, type Birth } from '../birth.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { KpiBirth, KpiValue } from '../../shared/messages.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import { keyIdOf } from '../keys/key-of.ts';
import { quotesWithin } from './samples.ts';

export type KpiCollector = Collector<KpiValue | KpiBirth>;
export interface Window {
  readonly start: Millis;
  readonly end: Millis;
}

const NOTHING: Lowered = { value: null, n: 0, interval: null };

/** One KPI under one set of keys. Marks what is partial, or withholds it, and reports nothing of an earlier life (birth.ts). */
export class Report {
  readonly kpi: KpiConfig;
  birth: Birth = NO_BIRTH;
  readonly #names: readonly string[];
  readonly #subject: string;
  readonly #topic: string;
  readonly #wantsSamples: boolean;
  /** Live values go to the next operator too. */
  readonly judgedLive: boolean;
  /** How long before a window began an event may have belonged to it all the same: the gap of sessions. */
  readonly #reachMs: Millis;
  readonly #messages = new Messages();

  constructor(
    kpi: KpiConfig,
    names: readonly string[],
    { wantsSamples, judgedLive }: { readonly wantsSamples: boolean; readonly judgedLive: boolean },
  ) {
    this.kpi = kpi;
    this.#reachMs = kpi.window.kind === 'session' ? kpi.window.gapMs : 0;
    this.#names = names;
    this.#subject = `cx.kpi.${kpi.id}`;
    this.#topic = `kpi/${kpi.id}`;
    this.#wantsSamples = wantsSamples;
    this.judgedLive = judgedLive;
  }

  final(
    entry: KeyEntry,
    window: Window,
    lowered: Lowered,
    revision: number,
    watermark: Millis,
    out: KpiCollector,
  ): void {
    if (!this.#isReported(window) || window.end <= this.birth.watermark) return;
    this.#emit(this.#value(entry, window, lowered, revision, true, window.end, watermark), out);
  }

  /** What was reported of this window no longer holds. */
  retract(entry: KeyEntry, window: Window, revision: number, watermark: Millis, out: KpiCollector): void {
    if (!this.#isReported(window) || window.end <= this.birth.watermark) return;
    const value = this.#value(entry, window, NOTHING, revision, true, window.end, watermark);
    this.#emit({ ...value, retracted: true }, out);
  }

  live(entry: KeyEntry, window: Window, lowered: Lowered, at: Millis, watermark: Millis, out: KpiCollector): void {
    if (!this.#isReported(window)) return;
    const value = this.#value(entry, window, lowered, 0, false, at, watermark);
    const data = this.#messages.of(value) as unknown as Json;
    out.show({ topic: this.#topic, key: value.keyId, value: data });
    if (this.judgedLive) out.emit({ id: idOf(value), key: value.keyId, ts: at, value });
    if (this.kpi.liveToStream) out.send({ subject: this.#subject, type: 'cx.kpi.changed', time: at, data });
  }

  /** A live value before boards are shown it. */
  judge(entry: KeyEntry, window: Window, lowered: Lowered, at: Millis, watermark: Millis, out: KpiCollector): void {
    if (!this.#isReported(window)) return;
    const value = this.#value(entry, window, lowered, 0, false, at, watermark);
    out.emit({ id: idOf(value), key: value.keyId, ts: at, value });
  }

  #isPartial(window: Window): boolean {
    return window.start - this.#reachMs <= this.birth.maxTs;
  }
  #isReported(window: Window): boolean {
    return this.kpi.onPartial === 'mark' || !this.#isPartial(window);
  }

  #emit(value: KpiValue, out: KpiCollector): void {
    out.emit({ id: idOf(value), key: value.keyId, ts: value.at, value });
    out.send({
      subject: this.#subject,
      type: 'cx.kpi.changed',
      time: value.window.end,
      data: this.#messages.of(value) as unknown as Json,
    });
  }

  #value(
    entry: KeyEntry,
    window: Window,
    lowered: Lowered,
    revision: number,
    final: boolean,
    at: Millis,
    watermark: Millis,
  ): KpiValue {
    const value: KpiValue = {
      kpi: this.kpi.id,
      key: entry.key(this.#names),
      keyId: entry.keyId(this.#names, keyIdOf),
      window,
      value: lowered.value,
      n: lowered.n,
      interval: lowered.interval,
      revision,
      final,
      at,
      watermark,
      ...(this.#isPartial(window) ? { partial: true } : null),
      ...(lowered.detail === undefined ? null : { detail: lowered.detail }),
    };
    if (!this.#wantsSamples || entry.quotes === null) return value;
    const samples = quotesWithin(entry.quotes, window.start, window.end);
    return samples.length === 0 ? value : { ...value, samples };
  }
}

function idOf(value: KpiValue): string {
  return `${value.kpi}|${value.keyId}|${value.window.end}|${value.final ? value.revision : 'live'}`;
}

/** The values of one window leave one after the other: its texts are made once. */
class Messages {
  #window: Window | null = null;
  #instants = { start: '', end: '' };
  #watermark: Millis = NaN;
  #watermarkText = '';

  of(value: KpiValue): KpiMessage {
    return {
      kpi: value.kpi,
      key: value.key,
      window: this.#instantsOf(value.window),
      value: value.value,
      n: value.n,
      interval: value.interval,
      revision: value.revision,
      final: value.final,
      watermark: this.#textOf(value.watermark),
      ...(value.partial === true ? { partial: true } : null),
      ...(value.retracted === true ? { retracted: true } : null),
      ...(value.detail === undefined ? null : { detail: value.detail }),
    };
  }
  #instantsOf(window: Window): { readonly start: string; readonly end: string } {
    if (window !== this.#window) {
      this.#window = window;
      this.#instants = { start: formatInstant(window.start), end: formatInstant(window.end) };
    }
    return this.#instants;
  }
  #textOf(watermark: Millis): string {
    if (watermark !== this.#watermark) {
      this.#watermarkText = formatInstant(watermark);
      this.#watermark = watermark;
    }
    return this.#watermarkText;
  }
}
