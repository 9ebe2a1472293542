/** What a file came to, for a person at a terminal: events, KPIs with their last value, alerts. */
import { formatInstant } from '../../../core/cloud-events.ts';
import type { LogFields, Outgoing } from '../../../core/types.ts';
import type { AlertMessage, KpiMessage } from '../../../core/wire.ts';
import type { Config } from '../../config/config.ts';
import { chartLines, courseLine } from '../terminal/course.ts';
import { firesAt, KpiCourse } from '../terminal/kpi-course.ts';

interface Seen {
  windows: number;
  /** Of the whole company. */
  last: KpiMessage | null;
  readonly course: KpiCourse;
}

export interface Nothing {
  readonly why: string;
  readonly fields: LogFields;
}

/** Of the course beside a KPI's last value, and of a chart. */
const COURSE = 40;
const CHART_LINES = 10;

export class ProcessSummary {
  readonly #kpis: Config['kpis'];
  readonly #rules: Config['rules'];
  readonly #seen = new Map<string, Seen>();
  readonly #alerts = new Map<string, { fired: number; resolved: number }>();
  messages = 0;

  constructor({ kpis, rules }: Pick<Config, 'kpis' | 'rules'>) {
    this.#kpis = kpis;
    this.#rules = rules;
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
    const seen = this.#of(value.kpi);
    seen.windows += 1;
    if (Object.keys(value.key).length > 0) return;
    seen.last = value;
    seen.course.see(Date.parse(value.window.end), value.value);
  }

  #of(kpi: string): Seen {
    const seen = this.#seen.get(kpi) ?? { windows: 0, last: null, course: new KpiCourse() }; // none before
    this.#seen.set(kpi, seen);
    return seen;
  }

  #seeAlert({ alert, rule, kpi, state, previous, at }: AlertMessage): void {
    // Alerts of rules on events are of no KPI.
    if (kpi !== '' && (state === 'firing' || previous === 'firing' || previous === 'recovering'))
      this.#of(kpi).course.seeAlert(alert, Date.parse(at));
    const seen = this.#alerts.get(rule) ?? { fired: 0, resolved: 0 }; // none before
    if (state === 'firing' && previous !== 'firing' && previous !== 'recovering') seen.fired += 1;
    if (state === 'resolved' && previous !== 'pending') seen.resolved += 1;
    this.#alerts.set(rule, seen);
  }

  /**
   * What makes a result empty without being a fault: no KPI took anything, or `only` keeps nothing that the form writes. null: there is
   * something. `written`: lines of the result.
   */
  nothing(only: string, written: number, format: 'ndjson' | 'csv'): Nothing | null {
    if (only !== '' && written === 0 && this.messages > 0) {
      const why =
        format === 'csv'
          ? 'no window of a KPI, which a table is of, has a subject that begins with what --only asks for'
          : 'no subject of a message begins with what --only asks for';
      return { why, fields: { only, of: this.messages } };
    }
    if (this.#kpis.length === 0 || this.#seen.size > 0) return null;
    const wanted = [...new Set(this.#kpis.flatMap(({ from }) => from))];
    return {
      why: 'no KPI has a window: no event is of a type, and meets the condition, that one of them asks for',
      fields: { wanted: wanted.join(', ') },
    };
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
          : `, last ${last.value === null ? '–' : last.value.toFixed(kpi.decimals)} (n ${number(last.n)})  ${courseLine(seen?.course.points() ?? [], COURSE)}`; // a last one has a course
      rows.push([kpi.id, seen === undefined ? 'no window' : `${number(seen.windows)} windows${value}`]);
    }
    for (const [rule, { fired, resolved }] of this.#alerts)
      rows.push([rule, `fired ${number(fired)}, resolved ${number(resolved)}`]);
    const width = Math.max(...rows.map(([name = '']) => name.length));
    return rows.map(([name = '', what = '']) => `  ${name.padEnd(width)}  ${what}\n`).join('');
  }

  /** The course of one KPI of the whole company: its target and where its rules fire as lines, `!` where an alert on it was open, of whatever key. */
  chart(id: string, width: number): string {
    const kpi = this.#kpis.find((one) => one.id === id);
    const course = this.#seen.get(id)?.course;
    const points = course?.points() ?? []; // no window
    const [first, last] = [points[0], points.at(-1)];
    if (kpi === undefined || course === undefined || first === undefined || last === undefined)
      return `  ${id}: no window of the whole company has a value\n`;
    const lines = [
      ...(kpi.target === null ? [] : [kpi.target]),
      ...this.#rules.filter((rule) => rule.kpi === id).flatMap(({ fire }) => firesAt(fire)),
    ];
    const drawn = chartLines({
      points,
      lines,
      alerts: course.alerts(),
      width,
      height: CHART_LINES,
      format: (value) => value.toFixed(kpi.decimals),
    });
    const span = `${formatInstant(first.t)} … ${formatInstant(last.t)}`;
    return [`  ${id}, ${kpi.title.en}, ${span}`, ...drawn].map((line) => `${line}\n`).join('');
  }
}

const number = (count: number): string => count.toLocaleString('en');
