/** docs/how-to/journeys.md: its example gives what it says. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { chainOf, stagesOf } from '../../engine/app/pipeline.ts';
import { at } from '../../engine/core/must.ts';
import type { Outgoing, RawMessage } from '../../engine/core/types.ts';
import { runFile } from '../../engine/runtime/file-run.ts';
import { silentLogger } from '../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { configOf } from './testing/journey-script.ts';

const text = readFileSync(new URL('../../docs/how-to/journeys.md', import.meta.url), 'utf8');
const blocksOf = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

async function processed(yaml: string, lines: readonly string[]): Promise<readonly Outgoing[]> {
  const config = configOf(`scoring: {sentiment: null, issues: null}\n${yaml}`);
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const encoder = new TextEncoder();
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

function lineOf({ subject, data }: Outgoing): readonly string[] {
  const { key, step, since, value, n } = data as unknown as Readonly<Record<'key' | 'step' | 'since', string>> & {
    readonly value: number;
    readonly n: number;
  };
  if (subject.startsWith('cx.actions.')) return [`${subject}: ${key} in ${step} since ${since}`];
  if (!subject.startsWith('cx.kpi.')) return [];
  const dimensions = Object.values(key as unknown as Readonly<Record<string, string>>).map((one) => ` ${one}`);
  return [`${subject}${dimensions.join('')}: ${String(Math.round(value * 10) / 10)} (n ${String(n)})`];
}

it('the example of docs/how-to/journeys.md gives what stands there', async () => {
  const [settings, ranking] = blocksOf('yaml');
  const [events] = blocksOf('json');
  const [said] = blocksOf('text');
  const messages = await processed(at([settings], 0) ?? '', (events ?? '').trim().split('\n'));
  expect(messages.filter(({ subject }) => subject.startsWith('cx.dlq.'))).toEqual([]);
  expect(messages.flatMap(lineOf).sort()).toEqual((said ?? '').trim().split('\n').sort());
  expect(() => configOf(`${(settings ?? '').replace(/^kpis:[^]*/m, '')}${ranking ?? ''}`)).not.toThrow();
});
