import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { runFile } from '../../runtime/file-run.ts';
import { pipeStages } from '../../runtime/stages.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { configForm, type Config } from '../config/config.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { chainOf, stagesOf } from '../pipeline.ts';
import type { Outgoing, RawMessage } from '../../core/types.ts';
import { fileFacts } from './file-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-file-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'customers.csv');
writeFileSync(file, 'id,tier,spend\nc1,vip,12000\nc2,plain,3\n');

function configOf(miss: string): Config {
  const yaml = `
scoring: {sentiment: null}
facts:
  - {id: customer, bucket: CX_CUSTOMERS, key: data.customer.id, take: [tier, spend], miss: ${miss}, derive: {big: data.customer.spend > 100.0}}
kpis:
  - id: views
    from: cx.page.viewed
    measure: {kind: count}
    window: {kind: tumbling, size: 1m}
    by: [[customer.tier], [customer.big]]
`;
  const checked = checkConfig(yaml, configForm(compileExpression));
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.config;
}

async function views(config: Config, given: readonly string[], logger = recordingLogger()) {
  const facts = await fileFacts(config.facts, given, { compile: compileExpression, mask: { key: 'k' }, logger });
  const read = stagesOf(config, null, { isFile: true, isTimeRequired: true, maskKey: 'k' });
  const messages: Outgoing[] = [];
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const events = ['c1', 'c1', 'c2', 'c3'].map((customer, i) => ({
      ...{ specversion: '1.0', id: `e${i}`, source: '/s', type: 'cx.page.viewed', time: `2026-03-02T10:00:0${i}Z` },
      data: { channel: 'web', page: '/', customer: { id: customer } },
    }));
    yield await Promise.resolve(
      events.map((event, i) => ({
        subject: '',
        headers: {},
        data: Buffer.from(JSON.stringify(event)),
        seq: i + 1,
        stored: 0,
      })),
    );
  }
  await runFile({
    stage: facts === null ? read : pipeStages(read, facts),
    chain: chainOf(config),
    input: input(),
    outOfOrdernessMs: 2000,
    refusedAheadMs: 1e9,
    write: (out) => {
      messages.push(...out);
      return Promise.resolve();
    },
    clock: systemClock,
    logger,
    signal: new AbortController().signal,
  });
  return messages
    .filter(({ subject }) => subject === 'cx.kpi.views')
    .map(({ data }) => data as { key: object; value: number })
    .map(({ key, value }) => `${JSON.stringify(key)} ${value}`)
    .sort();
}

it('a file of events is joined with files of facts: KPIs have the fields, and those derived, as dimensions', async () => {
  expect(await views(configOf('keep'), [`customer=${file}:id`])).toEqual([
    // The third customer is in no file.
    '{"customer.big":""} 1',
    '{"customer.big":"false"} 1',
    '{"customer.big":"true"} 2',
    '{"customer.tier":""} 1',
    '{"customer.tier":"plain"} 1',
    '{"customer.tier":"vip"} 2',
  ]);
});

it('without a file it says so, and refuses where all would be left out', async () => {
  const logger = recordingLogger();
  expect(await views(configOf('keep'), [], logger)).toEqual(['{"customer.big":""} 4', '{"customer.tier":""} 4']);
  expect(logger.lines.map(({ fields }) => fields['fact'])).toContain('customer');
  await expect(views(configOf('drop'), [])).rejects.toThrow(/every event would be left out.*--facts customer=/);
});

it.each([
  ['customer', /expected <fact>=<file\.csv>:<key column>/],
  [`custmer=${file}:id`, /there are no facts "custmer"; did you mean customer\?/],
  [`customer=${file}:nr`, /line 1: there is no column "nr"/],
])('--facts %s is refused', async (given, message) => {
  await expect(views(configOf('keep'), [given])).rejects.toThrow(message);
});
