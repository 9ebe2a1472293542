/** docs/how-to/opening-stock.md is what the engine does: its configuration over its events gives the figures it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { systemClock } from '../../engine/adapters/process/system-clock.ts';
import { parseConfig, type Config } from '../../engine/app/config/config.ts';
import { chainOf, stagesOf } from '../../engine/app/pipeline.ts';
import { must } from '../../engine/core/must.ts';
import type { Outgoing, RawMessage } from '../../engine/core/types.ts';
import { runFile } from '../../engine/runtime/file-run.ts';
import { silentLogger } from '../../engine/testing/line-pipeline.ts';

const page = readFileSync(join(packageRoot(), 'docs/how-to/opening-stock.md'), 'utf8');
const block = (language: string): string => must(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(page)?.[1]);

function configured(): Config {
  const parsed = parseConfig(parse(block('yaml')), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

/** As `earshot process` runs it. */
async function output(lines: readonly string[]): Promise<readonly Outgoing[]> {
  const config = configured();
  const written: Outgoing[] = [];
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    yield await Promise.resolve(
      lines.map((line, i) => ({ subject: '', headers: {}, data: Buffer.from(line), seq: i + 1, stored: 0 })),
    );
  }
  await runFile({
    input: input(),
    stage: stagesOf(config, null, { isFile: true, isTimeRequired: true, maskKey: 'k' }),
    chain: chainOf(config),
    outOfOrdernessMs: config.time.outOfOrdernessMs,
    write: (more) => Promise.resolve(void written.push(...more)),
    ...{ clock: systemClock, logger: silentLogger, signal: new AbortController().signal },
  });
  return written;
}
interface Reading {
  readonly kpi: string;
  readonly key: Readonly<Record<string, string>>;
  readonly value: number;
  readonly window: { readonly end: string };
}

it('docs/how-to/opening-stock.md: the backlog is right at the first reading, and nothing else counts stock', async () => {
  const all = await output(block('ndjson').trimEnd().split('\n'));
  const readings = all
    .filter(({ subject }) => subject.startsWith('cx.kpi.'))
    .map(({ data }) => data as unknown as Reading);
  const at = (end: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      readings
        .filter(({ window }) => window.end === `2026-03-02T02:${end}:00.000Z`)
        .map(({ kpi, key, value }) => [[kpi, ...Object.values(key)].join(' '), value]),
    );
  expect(at('01')).toEqual({
    ...{ backlog: 3, 'backlog east': 2, 'backlog west': 1, overdue: 1, longest: 86_460, intake: 1 },
  });
  expect(at('02')).toMatchObject({ backlog: 2, 'backlog east': 1, overdue: 0 });
  const breached = all.filter(
    ({ subject, data }) => subject.startsWith('cx.clocks') && JSON.stringify(data).includes('breached'),
  );
  expect(breached).toEqual([]);
  const [stopped] = all.filter(({ subject }) => subject === 'cx.clocks.resolution');
  expect(stopped?.data).toMatchObject({ key: 'k1', started: '2026-03-01T02:00:00.000Z', met: false });
});

it.each([
  [
    'a day that there is not',
    { opened: '2026-02-30T10:00:00+08:00', state: 'open' },
    'data.opened must be an RFC 3339 instant',
  ],
  ['words', { opened: 'yesterday at noon, about', state: 'open' }, 'data.opened must match'],
  [
    'opened after it',
    { opened: '2026-03-02T10:00:01+08:00', state: 'open' },
    'data.opened must not lie after the time',
  ],
  [
    'no such state',
    { opened: '2026-03-01T10:00:00+08:00', state: 'lost' },
    'data.state must be one of "open", "in_progress"',
  ],
  ['no state', { opened: '2026-03-01T10:00:00+08:00' }, 'data.state is missing'],
])('a snapshot with %s is refused with what was expected', async (_name, fields, error) => {
  const event = {
    ...{ specversion: '1.0', id: '1', source: '/desk', type: 'cx.case.snapshot', time: '2026-03-02T10:00:00+08:00' },
    data: { channel: 'app', case: 'k1', ...fields },
  };
  const [refused] = await output([JSON.stringify(event)]);
  expect(refused?.subject).toBe('cx.dlq.schema');
  expect(JSON.stringify(refused?.data).replaceAll('\\"', '"')).toContain(error);
});
