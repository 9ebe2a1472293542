/** Levels over a whole chain: the cases of the catalogue by their number, and against a plain count over random scripts and crashes. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { checkConfig } from '../../engine/adapters/config/config-file.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import { configForm, type Config } from '../../engine/app/config/config.ts';
import { chainOf, stagesOf } from '../../engine/app/pipeline.ts';
import type { JsonObject, Outgoing, RawMessage } from '../../engine/core/types.ts';
import { runFile } from '../../engine/runtime/file-run.ts';

const DAY = Date.parse('2026-03-02T00:00:00+08:00');

const CONFIG = (by: string): string => `
scoring: {sentiment: null}
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    cancel: {on: cx.case.closed}
    update: {on: cx.case.assigned}
    target: [{when: data.customer.tier == "vip", within: 10m}, {within: 2h}]
    keep: [team]
kpis:
  - {id: waiting, measure: {kind: open, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}, by: ${by}}
  - {id: too_long, measure: {kind: overdue, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}, by: ${by}}
  - {id: longest, measure: {kind: oldest, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}, by: ${by}}
`;

function configOf(by: string): Config {
  const checked = checkConfig(CONFIG(by), configForm(compileExpression));
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.config;
}

const TYPES = {
  O: 'cx.case.opened',
  A: 'cx.case.replied',
  P: 'cx.case.pending',
  X: 'cx.case.closed',
  U: 'cx.case.assigned',
  Z: 'cx.page.viewed',
} as const;

/** `O c1 10:00:30 team=a tier=vip` */
function eventOf(written: string, i: number): JsonObject {
  const [verb = '', key = '', clock = '', ...fields] = written.split(' ');
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const time = new Date(DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000).toISOString();
  const given: Readonly<Record<string, string>> = Object.fromEntries(
    fields.map((field) => field.split('=') as [string, string]),
  );
  const { tier, ...others } = given;
  const data = {
    ...{ channel: 'app', author: 'agent', page: '/', ...(verb === 'Z' ? {} : { case: key }), ...others },
    ...(tier === undefined ? {} : { customer: { id: 'u', tier } }),
  };
  const type = TYPES[verb as keyof typeof TYPES];
  return { specversion: '1.0', id: `e${String(i)}`, source: '/s', type, time, data };
}

async function levels(script: readonly string[], by = '[[]]'): Promise<readonly string[]> {
  const config = configOf(by);
  const messages: Outgoing[] = [];
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    for (const [i, written] of script.entries())
      yield await Promise.resolve([
        { subject: '', headers: {}, data: Buffer.from(JSON.stringify(eventOf(written, i))), seq: i + 1, stored: 0 },
      ]);
  }
  const { signal } = new AbortController();
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  await runFile({
    stage: stagesOf(config, null, { isFile: true, isTimeRequired: true, maskKey: 'k' }),
    chain: chainOf(config),
    ...{ input: input(), outOfOrdernessMs: 2000, refusedAheadMs: 1e9, clock: systemClock, logger, signal },
    write: (out) => {
      messages.push(...out);
      return Promise.resolve();
    },
  });
  return messages
    .filter(({ subject }) => subject.startsWith('cx.kpi.'))
    .map(
      ({ data }) =>
        data as { kpi: string; key: Readonly<Record<string, string>>; value: number | null; window: { end: string } },
    )
    .map(({ kpi, key, value, window }) => {
      const end = new Date(Date.parse(window.end) + 8 * 3_600_000).toISOString().slice(11, 16);
      return `${end} ${kpi}${Object.keys(key).length === 0 ? '' : ` ${Object.values(key).join(',')}`} ${String(value)}`;
    });
}

describe('case', () => {
  it('55: what is open and how long it has waited, of events before the end of the slide', async () => {
    const said = await levels(['O c1 10:00:00', 'O c2 10:00:30', 'A c1 10:00:45', 'O c3 10:01:00', 'Z z 10:02:10']);
    expect(said.filter((line) => !line.includes('too_long'))).toEqual([
      ...['10:01 waiting 1', '10:01 longest 30', '10:02 waiting 2', '10:02 longest 90'],
    ]);
  });

  it('56: due exactly at the edge is not overdue yet', async () => {
    const said = await levels(['O c1 10:00:00 tier=vip', 'Z z 10:11:10']);
    expect(said.filter((line) => /^10:1[01]/.test(line))).toEqual([
      ...['10:10 waiting 1', '10:10 too_long 0', '10:10 longest 600'],
      ...['10:11 waiting 1', '10:11 too_long 1', '10:11 longest 660'],
    ]);
  });

  it('57: a level changes hands; what has become empty is said once', async () => {
    const script = ['O c1 10:00:10 team=a', 'U c1 10:01:10 team=b', 'A c1 10:02:10', 'Z z 10:05:10'];
    const said = await levels(script, '[[team]]');
    expect(said.filter((line) => line.includes('waiting'))).toEqual([
      ...['10:01 waiting a 1', '10:02 waiting a 0', '10:02 waiting b 1', '10:03 waiting b 0'],
    ]);
    expect(said.filter((line) => line.includes('longest'))).toEqual([
      ...['10:01 longest a 50', '10:02 longest a null', '10:02 longest b 110', '10:03 longest b null'],
    ]);
  });

  it('58: nothing is read beyond the end of a file', async () => {
    const said = await levels(['O c1 10:00:00 tier=vip', 'Z z 10:05:20']);
    expect(said.filter((line) => line.includes('waiting'))).toEqual(
      ['10:01', '10:02', '10:03', '10:04', '10:05'].map((end) => `${end} waiting 1`),
    );
  });

  it('of time that leaps over years: only its last part is read', async () => {
    const said = await levels(['O c1 -400000:00:00', 'Z z 10:01:10']);
    // Until its breach after two hours, and the last of what comes before it expires.
    expect(said.filter((line) => line.includes('waiting')).length).toBe(120 + 20_000 + 2);
  });

  it('of several sets of keys: the whole is the sum of its parts, the oldest the oldest of all', async () => {
    const script = ['O c1 10:00:10 team=a', 'O c2 10:00:20 team=b', 'O c3 10:00:30 team=b', 'Z z 10:01:10'];
    expect(await levels(script, '[[], [team]]')).toEqual([
      ...['10:01 waiting 3', '10:01 too_long 0', '10:01 longest 50'],
      ...['10:01 waiting a 1', '10:01 waiting b 2'],
      ...['10:01 too_long a 0', '10:01 too_long b 0'],
      ...['10:01 longest a 50', '10:01 longest b 40'],
    ]);
  });
});

describe('a level that cannot be meant', () => {
  const faultsOf = (kpi: string): readonly (readonly [string, string])[] => {
    const text = CONFIG('[[]]').replace(/kpis:[^]*/, `kpis:\n  - {id: waiting, ${kpi}}\n`);
    const checked = checkConfig(text, configForm(compileExpression));
    return 'faults' in checked ? checked.faults.map(({ path, message }) => [path, message] as const) : [];
  };
  const window = 'window: {kind: sliding, size: 1m, slide: 1m}';
  const measure = 'measure: {kind: open, clock: first_response}';
  it.each([
    ['measure: {kind: open, clock: first_respons}, ' + window, 'kpis[0].measure.clock', 'did you mean first_response?'],
    [`${measure}, from: cx.case.opened, ${window}`, 'kpis[0].from', 'read of its clock, not of events'],
    [`${measure}, where: data.a == 1, ${window}`, 'kpis[0].where', 'read of its clock, not of events'],
    [
      `${measure}, window: {kind: sliding, size: 5m, slide: 1m}`,
      'kpis[0].window',
      'expected a sliding window of size = slide',
    ],
    [`${measure}, window: {kind: session, gap: 5m}`, 'kpis[0].window', 'expected a sliding window of size = slide'],
    [`${measure}, window: {kind: sliding, size: 7m, slide: 7m}`, 'kpis[0].window.slide', 'an hour is whole slides'],
    [`${measure}, ${window}, by: [[region]]`, 'kpis[0].by[0][0]', 'keeps no "region": add it to its `keep`'],
    [`measure: {kind: count}, ${window}`, 'kpis[0].from', 'the key "from" is missing'],
  ])('%s', (kpi, path, message) => {
    expect(faultsOf(kpi)).toEqual([[path, expect.stringContaining(message)]]);
  });
});
