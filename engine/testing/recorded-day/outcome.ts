/** What came of the day: the figures that stand, the alerts, and a hash of all of it. */
import { createHash } from 'node:crypto';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { configForm, type Config } from '../../app/config/config.ts';
import type { OutputMessage } from '../../core/types.ts';
import type { AlertMessage, KpiMessage } from '../../core/wire.ts';
import type { KpiConfig } from '../../../operators/kpis/kpis-config.ts';
import type { CxEnvelope } from '../../../operators/shared/messages.ts';
import { playThrough, type Manner } from '../several-partitions.ts';

export interface Outcome {
  readonly events: number;
  /** Values of windows, outcomes of clocks, actions, and changes of alerts that stand. */
  readonly figures: number;
  readonly outcomes: number;
  readonly alerts: readonly string[];
  /** Changes of alerts of single events, of which there are many. */
  readonly single: number;
  readonly sha256: string;
}

/** `whole`: the pack as it is. `judged`: what its rules judge, with the keys that these look at, which takes a tenth of the time. */
export type Extent = 'whole' | 'judged';

/** Without models: the day is scored. */
export function packOver(partitions: number, extent: Extent): Config {
  const text = `include: [pack:customer-experience]\nscoring: {sentiment: null, issues: null}\npartitions: ${String(partitions)}\n`;
  const checked = checkConfig(text, configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const { config } = checked;
  return extent === 'whole' ? config : { ...config, kpis: config.kpis.flatMap((kpi) => judgedPart(kpi, config)) };
}

function judgedPart(kpi: KpiConfig, { rules }: Config): readonly KpiConfig[] {
  const judges = rules.filter((rule) => rule.kpi === kpi.id);
  if (judges.length === 0) return [];
  if (judges.some(({ by }) => by === null)) return [kpi];
  return [{ ...kpi, by: kpi.by.filter((set) => judges.some(({ by }) => by?.join() === set.join())) }];
}

export function outcomeOf(events: readonly CxEnvelope[], manner: Manner, extent: Extent): Outcome {
  const config = packOver(manner.partitions, extent);
  const sent = playThrough(config, events, manner);
  const ofEvents = new Set(config.eventRules.map(({ id }) => id));
  const figures = new Map<string, string>();
  const outcomes: string[] = [];
  const alerts: AlertMessage[] = [];
  for (const { subject, time, data } of sent) {
    if (subject.startsWith('cx.late.') || subject.startsWith('cx.dlq.'))
      throw new Error(`${subject}: nothing is late here`);
    if (subject.startsWith('cx.kpi.')) addFigure(figures, data as unknown as KpiMessage);
    else if (subject.startsWith('cx.clocks.') || subject.startsWith('cx.actions.'))
      outcomes.push(outcomeLine(subject, time, data));
    else if (subject.startsWith('cx.alerts.')) alerts.push(data as unknown as AlertMessage);
  }
  const lines = [...figures].map(([name, value]) => `${name} ${value}`).sort();
  const changes = alerts
    .map(
      ({ rule, key, state, at, value, n }) =>
        `${at} ${rule} ${JSON.stringify(key)} ${state} ${String(value)} ${String(n)}`,
    )
    .sort();
  const hash = createHash('sha256');
  for (const line of [...lines, ...outcomes.sort(), ...changes]) hash.update(`${line}\n`);
  const ofRules = alerts
    .filter(({ rule }) => !ofEvents.has(rule))
    .filter(({ state, previous }) => state === 'firing' || (state === 'resolved' && previous !== 'pending'));
  return {
    events: events.length,
    figures: lines.length,
    outcomes: outcomes.length,
    alerts: ofRules
      .map(({ at, severity, rule, key, state }) => `${at} ${severity} ${rule} ${JSON.stringify(key)} ${state}`)
      .sort(),
    single: alerts.length - alerts.filter(({ rule }) => !ofEvents.has(rule)).length,
    sha256: hash.digest('hex'),
  };
}

/** The last revision of each window; what was taken back is gone. */
function addFigure(figures: Map<string, string>, { kpi, key, window, value, n, retracted }: KpiMessage): void {
  const name = `${kpi} ${JSON.stringify(key)} ${window.start} ${window.end}`;
  if (retracted === true) figures.delete(name);
  else figures.set(name, `${String(value)} ${String(n)}`);
}

function outcomeLine(subject: string, time: number, data: OutputMessage['data']): string {
  const { key, run, outcome, state, elapsed_s: elapsed, met } = data as Readonly<Record<string, unknown>>;
  // Actions have no outcome, and clocks no state.
  return [subject, time, key, run, outcome, state, elapsed, met].map(textOf).join(' ');
}
function textOf(one: unknown): string {
  return typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? String(one) : '';
}
