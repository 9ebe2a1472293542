/** Six kinds of data as companies have them: every figure of the file pipeline is that of a batch computed independently of it. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { parseConfig } from '../../app/config/config.ts';
import { chainOf, stagesOf } from '../../app/pipeline.ts';
import type { JsonObject, Outgoing, RawMessage } from '../../core/types.ts';
import { runFile } from '../../runtime/file-run.ts';
import { silentLogger } from '../line-pipeline.ts';
import { ManualClock } from '../manual-clock.ts';
import { appReviews } from './app-reviews.ts';
import { batchOf, keyText, type Figure, type PastKpi, type PastSet } from './batch.ts';
import { callRecords } from './call-records.ts';
import { cityRequests } from './city-requests.ts';
import { helpdeskLog } from './helpdesk-log.ts';
import { npsExport } from './nps-export.ts';
import { tickets } from './tickets.ts';

const SETS: readonly PastSet[] = [callRecords(), npsExport(), cityRequests(), tickets(), helpdeskLog(), appReviews()];

/** The last revision of each final window that has anything in it. */
async function processed({ kpis, events }: PastSet): Promise<ReadonlyMap<string, Figure>> {
  const scoring = { sentiment: null, issues: null };
  const parsed = parseConfig({ kpis: kpis.map(({ config }) => config), scoring }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const { config } = parsed;
  const encoder = new TextEncoder();
  const headers = { 'content-type': 'application/cloudevents+json' };
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    for (let at = 0; at < events.length; at += 200) {
      const batch = events.slice(at, at + 200).map((event) => JSON.stringify({ specversion: '1.0', ...event }));
      yield await Promise.resolve(
        batch.map((line, i) => ({ subject: '', headers, data: encoder.encode(line), seq: at + i + 1, stored: 0 })),
      );
    }
  }
  const figures = new Map<string, Figure & { readonly revision: number }>();
  const write = (messages: readonly Outgoing[]): Promise<void> => {
    for (const { subject, data } of messages) {
      expect(subject).not.toMatch(/^cx\.(late|dlq)/);
      if (!subject.startsWith('cx.kpi.')) continue;
      const { kpi, key, window, value, n, revision, retracted, detail } = data as JsonObject & {
        readonly kpi: string;
        readonly key: JsonObject;
        readonly window: { readonly start: string; readonly end: string };
      };
      const name = `${kpi} ${keyText(key)} ${String(Date.parse(window.start))} ${String(Date.parse(window.end))}`;
      expect(revision, name).toBe((figures.get(name)?.revision ?? -1) + 1); // the first is 0
      if (retracted === true || n === 0) figures.delete(name);
      else figures.set(name, { value: valueOf(value, detail), n: n as number, revision: revision as number });
    }
    return Promise.resolve();
  };
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: 'k' }), chain: chainOf(config), write },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, logger: silentLogger, clock: new ManualClock(0) },
    signal: new AbortController().signal,
  });
  return figures;
}

function valueOf(value: unknown, detail: unknown): Figure['value'] {
  if (!Array.isArray(detail)) return value as number | null;
  return (detail as readonly JsonObject[]).map(({ item, count }) => ({ item, count }));
}

function isNear(a: Figure['value'], b: Figure['value'], { within = 1e-12 }: PastKpi): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return JSON.stringify(a) === JSON.stringify(b);
  return Math.abs(a - b) <= within * Math.max(1, Math.abs(b));
}

it.each(SETS)('$name: every figure is that of the batch', async (set) => {
  const [batch, engine] = [batchOf(set), await processed(set)];
  expect(batch.size).toBeGreaterThan(150);
  expect([...engine.keys()].sort()).toEqual([...batch.keys()].sort());
  const wrong = [...batch].filter(([name, { value, n }]) => {
    const own = engine.get(name);
    const kpi = set.kpis.find(({ config }) => name.startsWith(`${config.id} `));
    return own === undefined || kpi === undefined || own.n !== n || !isNear(own.value, value, kpi);
  });
  expect(wrong.map(([name, figure]) => [name, figure, engine.get(name)])).toEqual([]);
  for (const { config } of set.kpis) {
    const own = [...batch.keys()].filter((name) => name.startsWith(`${config.id} `));
    expect(own.length, config.id).toBeGreaterThan(2);
  }
});
