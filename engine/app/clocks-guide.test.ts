/** docs/how-to/clocks.md is what the engine does: its configuration over its events gives its output. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkConfig } from '../adapters/config/config-file.ts';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { formatInstant } from '../core/cloud-events.ts';
import { must } from '../core/must.ts';
import type { Outgoing, RawMessage } from '../core/types.ts';
import { runFile } from '../runtime/file-run.ts';
import { silentLogger } from '../testing/line-pipeline.ts';
import { configForm } from './config/config.ts';
import { chainOf, stagesOf } from './pipeline.ts';

const page = readFileSync(join(packageRoot(), 'docs/how-to/clocks.md'), 'utf8');
const block = (language: string): string => must(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(page)?.[1]);

/** As `earshot process` runs it. */
async function output(language = 'yaml'): Promise<readonly Outgoing[]> {
  const checked = checkConfig(block(language), configForm(compileExpression), {});
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  const { config } = checked;
  const input = block('ndjson').trimEnd().split('\n');
  const messages = input.map((line, i): RawMessage => ({
    subject: '',
    headers: {},
    data: Buffer.from(line),
    seq: i + 1,
    stored: 0,
  }));
  const written: Outgoing[] = [];
  await runFile({
    input: (async function* () {
      yield await Promise.resolve(messages);
    })(),
    stage: stagesOf(config, null, { isFile: true, isTimeRequired: true, maskKey: '' }),
    chain: chainOf(config),
    outOfOrdernessMs: config.time.outOfOrdernessMs,
    write: (more) => Promise.resolve(void written.push(...more)),
    ...{ clock: systemClock, logger: silentLogger, signal: new AbortController().signal },
  });
  return written;
}

it('docs/how-to/clocks.md: its events give its outcomes', async () => {
  const lines = (await output())
    .filter(({ subject }) => subject.startsWith('cx.clocks'))
    .map(({ subject, id, type, time, data }) => JSON.stringify({ subject, id, type, time: formatInstant(time), data }));
  expect(`${lines.join('\n')}\n`).toBe(block('json'));
});

it('docs/how-to/clocks.md: its figures are those of its events', async () => {
  const all = await output();
  const finals = all
    .filter(({ subject }) => subject.startsWith('cx.kpi.'))
    .map(({ data }) => data as Readonly<Record<string, unknown>>);
  const [within] = finals.filter(({ kpi, key }) => kpi === 'frt_within' && JSON.stringify(key) === '{}');
  const [p50] = finals.filter(({ kpi }) => kpi === 'frt_p50');
  expect(within).toMatchObject({ value: 50, n: 2 });
  expect(Math.abs(Number(p50?.['value']) - 300)).toBeLessThanOrEqual(3);
  expect(all.some(({ subject }) => subject === 'cx.alerts.major.frt_low')).toBe(true);
});

it('docs/how-to/clocks.md: the promise of its walk-through asks the lead for the case that waited too long, until it is answered', async () => {
  const escalations = (await output('yaml sla'))
    .filter(({ subject }) => subject === 'cx.actions.escalation')
    .map(({ time, data }) => {
      const { key, state, owner, due } = data as Readonly<Record<string, unknown>>;
      return [formatInstant(time), key, state, owner, due];
    });
  const due = '2026-03-02T03:31:00.000Z';
  expect(escalations).toEqual([
    ['2026-03-02T02:31:00.000Z', 'c2', 'due', 'desk-lead', due],
    ['2026-03-02T02:45:00.000Z', 'c2', 'done', 'desk-lead', due],
  ]);
});
