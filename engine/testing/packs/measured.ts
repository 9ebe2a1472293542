/** A KPI of the pack over events that a test makes up: its value over all of them, through the pipeline of files. */
import { expect } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { configForm, type Config } from '../../app/config/config.ts';
import { chainOf, stagesOf } from '../../app/pipeline.ts';
import { must } from '../../core/must.ts';
import type { KpiMessage } from '../../core/wire.ts';
import type { JsonObject, Outgoing, RawMessage } from '../../core/types.ts';
import type { KpiConfig } from '../../../operators/kpis/kpis-config.ts';
import { runFile } from '../../runtime/file-run.ts';
import { silentLogger } from '../line-pipeline.ts';
import { ManualClock } from '../manual-clock.ts';

export const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 2);
/** [milliseconds from the start, type, data] */
export type Step = readonly [at: number, type: string, data: JsonObject];
export const minutes = (n: number): number => n * 60_000;
export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Levels are read now; of a burst it is the window that matters. */
const AS_THEY_ARE = ['backlog', 'overdue', 'oldest_open', 'complainants'];

const read = new Map<string, Config>();

/** The pack, and what a test says beside it. Read once. */
export function packWith(more = ''): Config {
  const known = read.get(more);
  if (known !== undefined) return known;
  const text = `include: [pack:customer-experience]\nscoring: {sentiment: null, issues: null}\n${more}`;
  const checked = checkConfig(text, configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  read.set(more, checked.config);
  return checked.config;
}

/** This KPI alone, with one window over all there is: what else the pack measures over a year says nothing of it. */
function configFor(id: string, more: string): Config {
  const whole = packWith(more);
  const kpi = must(whole.kpis.find((one) => one.id === id));
  const over: KpiConfig = AS_THEY_ARE.includes(id)
    ? kpi
    : { ...kpi, window: { kind: 'tumbling', sizeMs: 365 * DAY }, by: [[], ['channel']] };
  return { ...whole, kpis: [over], rules: [], eventRules: [] };
}

export async function measured(
  kpi: string,
  steps: readonly Step[],
  more = '',
  endAt = 400 * DAY,
  /** How long after it happened the event i was recorded. */
  recordedAfter: (i: number) => number = () => 0,
): Promise<{ value: number | null; n: number }> {
  let last: KpiMessage | undefined;
  const hear: Hear = ({ subject, data }) => {
    if (subject !== `cx.kpi.${kpi}`) return;
    const message = data as unknown as KpiMessage;
    if (kpi === 'complainants' || Object.keys(message.key).length === 0) last = message;
  };
  await playedThrough(configFor(kpi, more), steps, hear, endAt, recordedAfter);
  return { value: last?.value ?? null, n: last?.n ?? 0 };
}

type Hear = (message: Outgoing) => void;

/** Nothing may be late or rejected. */
export async function playedThrough(
  config: Config,
  steps: readonly Step[],
  hear: Hear,
  endAt = 400 * DAY,
  recordedAfter: (i: number) => number = () => 0,
): Promise<void> {
  const encoder = new TextEncoder();
  const end: Step = [endAt, 'cx.page.viewed', { page: 'x', customer: { id: 'nobody' } }];
  const messages = [...steps, end]
    .toSorted(([a], [b]) => a - b)
    .map(([at, type, data], i): RawMessage => {
      const event = { specversion: '1.0', id: `e${i}`, source: '/t', type, data: { channel: 'app', ...data } };
      const recordedtime = new Date(START + at + recordedAfter(i)).toISOString();
      const line = JSON.stringify({ ...event, recordedtime, time: new Date(START + at).toISOString() });
      const headers = { 'content-type': 'application/cloudevents+json' };
      return { subject: '', headers, data: encoder.encode(line), seq: i + 1, stored: 0 };
    });
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    yield await Promise.resolve(messages);
  }
  const rejected: string[] = [];
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: 'k' }), chain: chainOf(config) },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, logger: silentLogger, clock: new ManualClock(0) },
    signal: new AbortController().signal,
    write: (written) => {
      for (const message of written) {
        if (/^cx\.(late|dlq)/.test(message.subject)) rejected.push(JSON.stringify(message.data));
        hear(message);
      }
      return Promise.resolve();
    },
  });
  expect(rejected).toEqual([]);
}

export const opened = (at: number, id: string, more: JsonObject = {}): Step => [
  at,
  'cx.case.opened',
  { case: id, ...more },
];
export const resolved = (at: number, id: string, more: JsonObject = {}): Step => [
  at,
  'cx.case.resolved',
  { case: id, ...more },
];
