/** Windows of KPIs as CSV, a row each, for spreadsheets: times are those of the configuration's zone, text that looks like a formula is kept from being one. */
import { formatInstant } from '../../../core/cloud-events.ts';
import { must } from '../../../core/must.ts';
import type { Outgoing } from '../../../core/types.ts';
import type { KpiMessage } from '../../../core/wire.ts';
import { zoneOffset } from '../../../../operators/shared/zone-offset.ts';
import type { Config } from '../../config/config.ts';

/** Of values: more are noise. */
const DIGITS = 6;
const BEFORE = ['kpi'];
const AFTER = ['start', 'end', 'value', 'n', 'low', 'high', 'revision', 'partial'];

export class KpiTable {
  /** Of all KPIs, in the order in which the configuration names them. */
  readonly #dimensions: readonly string[];
  readonly #offset: (at: number) => number;

  constructor({ kpis, time }: Pick<Config, 'kpis' | 'time'>) {
    this.#dimensions = [...new Set(kpis.flatMap(({ by }) => by.flat()))];
    this.#offset = must(zoneOffset(time.zone), 'the configuration names a zone that there is');
  }

  header(): string {
    return lineOf([...BEFORE, ...this.#dimensions, ...AFTER]);
  }

  /** Of the final windows among the messages. */
  rows(messages: readonly Outgoing[]): readonly string[] {
    return messages
      .filter(({ subject }) => subject.startsWith('cx.kpi.'))
      .map(({ data }) => data as unknown as KpiMessage)
      .filter(({ final }) => final)
      .map((value) => this.#row(value));
  }

  #row({ kpi, key, window, value, n, interval, revision, partial }: KpiMessage): string {
    const [low, high] = interval ?? [null, null]; // of few measures
    return lineOf([
      text(kpi),
      // A total has no dimension.
      ...this.#dimensions.map((dimension) => text(key[dimension] ?? '')),
      this.#local(window.start),
      this.#local(window.end),
      ...[value, n, low, high, revision].map((one) => (one === null ? '' : String(Number(one.toFixed(DIGITS))))),
      partial === true ? 'true' : '',
    ]);
  }

  /** `2026-03-01 00:00:00`, as spreadsheets read it. */
  #local(instant: string): string {
    const at = Date.parse(instant);
    return formatInstant(at + this.#offset(at))
      .slice(0, 19)
      .replace('T', ' ');
  }
}

/** Spreadsheets of Chinese and Japanese take full-width signs for the same, and pass over blanks in front. */
const FORMULA = /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

function text(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
