/** Events whose clock runs ahead, through the whole pipeline of a file: alerts and windows of the others stay as they are. */
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { configForm } from '../../app/config/config.ts';
import { chainOf, stagesOf } from '../../app/pipeline.ts';
import type { JsonObject, Outgoing, RawMessage } from '../../core/types.ts';
import { runFile } from '../../runtime/file-run.ts';
import { silentLogger } from '../line-pipeline.ts';
import { ManualClock } from '../manual-clock.ts';

const START = Date.UTC(2026, 2, 2);

function viewed(
  id: string,
  time: number,
  more: { readonly flag?: boolean; readonly recordedtime?: string } = {},
): string {
  const { flag = true, ...attributes } = more;
  const data = { channel: 'app', page: 'p', flag };
  const at = new Date(time).toISOString();
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/s',
    type: 'cx.page.viewed',
    time: at,
    ...attributes,
    data,
  });
}

async function processed(yaml: string, lines: readonly string[]): Promise<readonly Outgoing[]> {
  const checked = checkConfig(yaml, configForm(compileExpression));
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const { config } = checked;
  const encoder = new TextEncoder();
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const headers = { 'content-type': 'application/cloudevents+json' };
    yield lines.map((line, i) => ({ subject: '', headers, data: encoder.encode(line), seq: i + 1, stored: 0 }));
  }
  const written: Outgoing[] = [];
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: '' }), chain: chainOf(config) },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, refusedAheadMs: 360_000, logger: silentLogger },
    ...{ clock: new ManualClock(0), signal: new AbortController().signal },
    write: (messages) => Promise.resolve(void written.push(...messages)),
  });
  return written;
}

const ALERTS = `
scoring: {sentiment: null, issues: null}
kpis:
  - {id: bad, from: cx.page.viewed, measure: {kind: ratio, of: data.flag == true}, window: {kind: sliding, size: 1m, slide: 1s}}
rules:
  - {id: r, kpi: bad, on: live, fire: value > 50, min_n: 10, for: 3s}
`;
const COUNTS = `
scoring: {sentiment: null, issues: null}
kpis:
  - {id: c, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1m}}
`;

describe('a clock that runs ahead, in a file', () => {
  it('by four minutes leaves a firing alert firing until the events end', async () => {
    const honest = Array.from({ length: 240 }, (_, second) => viewed(`b${second}`, START + second * 1000));
    const ahead = viewed('skewed', START + 300_000, { flag: false });
    const written = await processed(ALERTS, [...honest.slice(0, 61), ahead, ...honest.slice(61)]);
    const changes = written.filter(({ subject }) => subject.startsWith('cx.alerts.'));
    expect(changes.map(({ data, time }) => [(data as JsonObject)['state'], (time - START) / 1000])).toEqual([
      ['pending', 9],
      ['firing', 12],
      // The end of the input closes all windows; the last with enough in it begins when the last events came.
      ['resolved', 296],
    ]);
    expect(changes.at(-1)?.id).toMatch(/^0:242:/);
    expect(written.filter(({ subject }) => subject.startsWith('cx.late.'))).toEqual([]);
  });

  const seconds = [0, 30, 61, 62, 70, 80, 125, 130, 190];
  const honest = seconds.map((second, i) => viewed(`n${i}`, START + second * 1000));
  const counts = (written: readonly Outgoing[]): readonly unknown[] =>
    written
      .filter(({ subject, time }) => subject === 'cx.kpi.c' && time <= START + 240_000)
      .map(({ data }) => (data as JsonObject)['n']);

  it('by decades is bad input, with its bytes and the reason, and changes no count', async () => {
    const alone = await processed(COUNTS, honest);
    const future = viewed('fut', Date.UTC(2099, 0, 1));
    const written = await processed(COUNTS, [...honest.slice(0, 4), future, ...honest.slice(4)]);
    expect(counts(written)).toEqual([2, 4, 2, 1]);
    expect(counts(written)).toEqual(counts(alone));
    const [dead, ...more] = written.filter(({ subject }) => subject.startsWith('cx.dlq.'));
    expect([dead?.subject, more]).toEqual(['cx.dlq.future_time', []]);
    const { error, bytes, at } = dead?.data as { readonly error: string; readonly bytes: string; readonly at: string };
    expect(error).toContain('ahead of the events before and after it');
    expect([at, Buffer.from(bytes, 'base64').toString()]).toEqual(['/time', future]);
  });

  it('is seen at once where an event says when it was recorded', async () => {
    const recordedtime = new Date(START + 62_000).toISOString();
    const future = viewed('fut', START + 62_000 + 301_000, { recordedtime });
    const near = viewed('near', START + 62_000 + 299_000, { recordedtime });
    const written = await processed(COUNTS, [...honest.slice(0, 4), future, near, ...honest.slice(4)]);
    expect(counts(written)).toEqual([2, 4, 2, 1]);
    const dead = written.filter(({ subject }) => subject.startsWith('cx.dlq.'));
    expect(dead.map(({ data }) => (data as JsonObject)['error'])).toEqual([
      'time lies 301 s ahead of the clock, more than the 300 s allowed',
    ]);
  });
});
