/** What a file came to, for a person at a terminal: events, KPIs with their last value, alerts. */
import type { Outgoing } from '../../../core/types.ts';
import type { AlertMessage, KpiMessage } from '../../../core/wire.ts';
import type { Config } from '../../config/config.ts';

interface Seen {
  windows: number;
  /** Of the whole company. */
  last: KpiMessage | null;
}

export class ProcessSummary {
  readonly #kpis: Config['kpis'];
  readonly #seen = new Map<string, Seen>();
  readonly #alerts = new Map<string, { fired: number; resolved: number }>();
  messages = 0;

  constructor({ kpis }: Pick<Config, 'kpis'>) {
    this.#kpis = kpis;
  }

  see(messages: readonly Outgoing[]): void {
    this.messages += messages.length;
    for (const { subject, data } of messages) {
      if (subject.startsWith('cx.kpi.')) this.#seeValue(data as unknown as KpiMessage);
      else if (subject.startsWith('cx.alerts.')) this.#seeAlert(data as unknown as AlertMessage);
    }
  }

  #seeValue(value: KpiMessage): void {
    if (!value.final) return;
    const seen = this.#seen.get(value.kpi) ?? { windows: 0, last: null }; // none before
    seen.windows += 1;
    if (Object.keys(value.key).length === 0) seen.last = value;
    this.#seen.set(value.kpi, seen);
  }

  #seeAlert({ rule, state, previous }: AlertMessage): void {
    const seen = this.#alerts.get(rule) ?? { fired: 0, resolved: 0 }; // none before
    if (state === 'firing' && previous !== 'firing' && previous !== 'recovering') seen.fired += 1;
    if (state === 'resolved' && previous !== 'pending') seen.resolved += 1;
    this.#alerts.set(rule, seen);
  }

  /** `counters` of the run. */
  text(counters: Readonly<Record<string, number>>): string {
    // What never happened was never counted.
    const { events_in: all = 0, events_rejected: rejected = 0, events_late: late = 0 } = counters;
    const duplicate = Object.entries(counters)
      .filter(([name]) => name.startsWith('events_duplicate'))
      .reduce((sum, [, count]) => sum + count, 0);
    const rows: string[][] = [
      ['events', `${number(all)} in, ${number(rejected)} rejected, ${number(duplicate)} twice, ${number(late)} late`],
      ['messages', `${number(this.messages)} out`],
    ];
    for (const kpi of this.#kpis) {
      const seen = this.#seen.get(kpi.id);
      const last = seen?.last ?? null;
      const value =
        last === null
          ? ''
          : `, last ${last.value === null ? '–' : last.value.toFixed(kpi.decimals)} (n ${number(last.n)})`;
      rows.push([kpi.id, seen === undefined ? 'no window' : `${number(seen.windows)} windows${value}`]);
    }
    for (const [rule, { fired, resolved }] of this.#alerts)
      rows.push([rule, `fired ${number(fired)}, resolved ${number(resolved)}`]);
    const width = Math.max(...rows.map(([name = '']) => name.length));
    return rows.map(([name = '', what = '']) => `  ${name.padEnd(width)}  ${what}\n`).join('');
  }
}

const number = (count: number): string => count.toLocaleString('en');
