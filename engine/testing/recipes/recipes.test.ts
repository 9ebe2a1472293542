/** The recipes of CONTRIBUTING.md, followed in a copy: one file and one line a component, and it works, with several partitions too. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Cel from '../../adapters/expressions/cel.ts';
import type * as Configs from '../../app/config/config.ts';
import type * as Pipeline from '../../app/pipeline.ts';
import type { OutputMessage } from '../../core/types.ts';
import type * as Gateways from '../../gateway/testing/gateway.fixture.ts';
import type * as Combine from '../../../operators/kpis/exchange/combine.ts';
import type * as Partials from '../../../operators/kpis/exchange/partials.ts';
import type * as Oracles from '../../../operators/measures/testing/oracles.ts';
import type * as Rehearsals from '../../../operators/kpis/testing/partitioned-rehearsal.ts';
import type * as Specimens from '../../../operators/kpis/testing/specimens.ts';
import type * as Verify from '../verify-operator.ts';
import { addComponents, addWhatBelongsBeside } from './additions.ts';
import { ScratchCopy } from './scratch-copy.ts';

const MATRIX = 'engine/gateway/access/access-matrix.integration.test.ts';
const ORACLES = 'operators/measures/testing/oracles.ts';
const FILES = ['engine/app/cli.ts', MATRIX, ORACLES];
const CONFIG = {
  scoring: { sentiment: null },
  nats: { servers: ['nats://127.0.0.1:1'] },
  kpis: [
    {
      ...{ id: 'long_stay', title: 'Long stays', from: 'cx.visit.ended' },
      measure: { kind: 'above', value: 'data.stay_s', limit: 600 },
      window: { kind: 'tumbling', size: '1m' },
    },
  ],
};
const at = (second: number): string => new Date(Date.UTC(2026, 2, 2, 1, 0, second)).toISOString();
const visit = (second: number, customer: string, stay_s: number): string =>
  JSON.stringify({
    ...{ specversion: '1.0', id: `v${second}`, source: '/doors', type: 'cx.visit.ended', time: at(second) },
    data: { channel: 'store', customer: { id: customer }, visit: `w${second}`, stay_s },
  });

let copy: ScratchCopy;
let forgotten: readonly string[] = [];
let withoutOracle: unknown;
let complete: readonly string[] = [];

beforeAll(async () => {
  copy = await ScratchCopy.make();
  await addComponents(copy);
  forgotten = await copy.build(FILES);
  withoutOracle = await copy.load(ORACLES).catch((error: unknown) => error);
  await addWhatBelongsBeside(copy);
  complete = await copy.build([...FILES, 'operators/measures/testing/above.oracle.ts']);
}, 600_000);
afterAll(() => copy.discard());

describe('what is forgotten is named', () => {
  it('a route whose access nobody decided does not compile, and nothing else is asked for', () => {
    expect([...new Set(forgotten.map((line) => line.split('(')[0]))]).toEqual([MATRIX]);
  });

  it('a measure without an oracle fails every property test of measures, by the name of the file that is missing', () => {
    expect(String(withoutOracle)).toContain('operators/measures/testing/above.oracle.ts');
  });

  it('and with both it is complete: the examples beside the oracle are tried without a list', async () => {
    expect(complete).toEqual([]);
    const { EXAMPLES } = await copy.load<typeof Oracles>(`${ORACLES}?complete`);
    expect(EXAMPLES).toContainEqual({ kind: 'above', value: 'data.score', limit: 5 });
  });
});

describe('what was added works', () => {
  it('a command is listed with its help, and runs; it knows the event type', () => {
    expect(copy.earshot('--help').stdout).toMatch(/event-types\s+the types of events/);
    expect(copy.earshot('event-types').stdout).toContain('cx.visit.ended A customer left a store\n');
  });

  it('an event type, a measure and an operator: a file of such events gives the value and what the operator says', async () => {
    const file = (name: string): string => join(copy.folder, name);
    await writeFile(file('earshot.yaml'), JSON.stringify(CONFIG));
    expect(copy.earshot('validate', 'earshot.yaml').status).toBe(0);
    const visits = [visit(1, 'a', 700), visit(2, 'b', 10), visit(3, 'a', 600), visit(4, 'a', 599)];
    await writeFile(file('in.ndjson'), `${visits.join('\n')}\n`);
    const { status, stderr } = copy.earshot(
      'process',
      '--config',
      'earshot.yaml',
      '--input',
      'in.ndjson',
      '--output',
      'out.ndjson',
    );
    expect(status, stderr).toBe(0);
    const lines = (await readFile(file('out.ndjson'), 'utf8')).trim().split('\n');
    const out = lines.map((line) => JSON.parse(line) as OutputMessage);
    const third = out.filter(({ type }) => type === 'cx.third.visit');
    expect(third.map(({ subject, data }) => ({ subject, data }))).toEqual([
      { subject: 'cx.enriched.third.visit.a', data: { count: 3 } },
    ]);
    const values = out.filter(({ subject }) => subject.startsWith('cx.kpi.long_stay'));
    expect(values.at(-1)?.data).toMatchObject({ value: 50, n: 4, final: true });
    expect(out.some(({ subject }) => subject.startsWith('cx.dlq.'))).toBe(false);
  });

  it('an operator is in each partition of several', async () => {
    const { compileExpression } = await copy.load<typeof Cel>('engine/adapters/expressions/cel.ts');
    const { parseConfig } = await copy.load<typeof Configs>('engine/app/config/config.ts');
    const { partitionChainOf } = await copy.load<typeof Pipeline>('engine/app/pipeline.ts');
    const { observe } = await copy.load<typeof Verify>('engine/testing/verify-operator.ts');
    const { specimenEvent } = await copy.load<typeof Specimens>('operators/kpis/testing/specimens.ts');
    const parsed = parseConfig({ ...CONFIG, partitions: 2 }, compileExpression);
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    const script = [1, 2, 3].map((ts) => ({ event: specimenEvent(ts, {}) }));
    const seen = observe(
      partitionChainOf(parsed.config, () => undefined),
      script,
    );
    const third = seen.flatMap((one) =>
      'forward' in one && one.forward.type === 'cx.third.visit' ? [one.forward] : [],
    );
    expect(third.map(({ time }) => time)).toEqual([3]);
  });

  it('a measure is combined over several partitions', async () => {
    const { compileExpression } = await copy.load<typeof Cel>('engine/adapters/expressions/cel.ts');
    const { parseConfig } = await copy.load<typeof Configs>('engine/app/config/config.ts');
    const { combinedKpis } = await copy.load<typeof Combine>('operators/kpis/exchange/combine.ts');
    const { partialsOperator } = await copy.load<typeof Partials>('operators/kpis/exchange/partials.ts');
    const { PartitionedRehearsal } = await copy.load<typeof Rehearsals>(
      'operators/kpis/testing/partitioned-rehearsal.ts',
    );
    const { specimenEvent } = await copy.load<typeof Specimens>('operators/kpis/testing/specimens.ts');
    const parsed = parseConfig(CONFIG, compileExpression);
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    const { kpis } = parsed.config;
    const options = { zone: 'UTC', liveEveryMs: 1000, compile: compileExpression };
    const stays = [
      [842, 3],
      [600, 601, 599],
    ];
    const engine = new PartitionedRehearsal(
      partialsOperator(kpis, { ...options, partitions: 2 }),
      combinedKpis(kpis, options),
      stays.map((list) => list.map((stay_s, i) => specimenEvent(1000 + i, { stay_s }, { type: 'cx.visit.ended' }))),
      0,
    );
    engine.end();
    const final = engine.combined.outputs.values.filter((value) => value.final);
    expect(final.map(({ value, n }) => ({ value, n }))).toEqual([{ value: 60, n: 5 }]);
  });

  it('a route answers, and is in the documents', async () => {
    const { ask, gatewayFixture } = await copy.load<typeof Gateways>('engine/gateway/testing/gateway.fixture.ts');
    const { gateway } = await gatewayFixture();
    try {
      expect((await ask(`${gateway.url}/v1/greeting`)).status).toBe(200);
      expect((await ask(`${gateway.url}/openapi.json`)).text).toContain('Greets whoever asks.');
    } finally {
      await gateway.close();
    }
  });
});
