/** docs/how-to/actions.md: its example gives what it says, and its further ones are valid. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actionWriter } from '../../engine/app/commands/shared/message-writer.ts';
import { chainOf, stagesOf } from '../../engine/app/pipeline.ts';
import { at } from '../../engine/core/must.ts';
import type { Outgoing, RawMessage } from '../../engine/core/types.ts';
import { runFile } from '../../engine/runtime/file-run.ts';
import { silentLogger } from '../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { configOf } from './testing/action-script.ts';

const text = readFileSync(new URL('../../docs/how-to/actions.md', import.meta.url), 'utf8');
const blocksOf = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);

it('the example of docs/how-to/actions.md gives what stands there', async () => {
  const [settings, ofPack, more] = blocksOf('yaml');
  const lines = at(blocksOf('json'), 0).trim().split('\n');
  const config = configOf(`scoring: {sentiment: null, issues: null}\n${String(settings)}`);
  const encoder = new TextEncoder();
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    const headers = { 'content-type': 'application/cloudevents+json' };
    yield lines.map((line, i) => ({ subject: '', headers, data: encoder.encode(line), seq: i + 1, stored: 0 }));
  }
  const written: Outgoing[] = [];
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: '' }), chain: chainOf(config) },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, refusedAheadMs: 1e9, logger: silentLogger },
    ...{ clock: new ManualClock(0), signal: new AbortController().signal },
    write: (messages) => Promise.resolve(void written.push(...messages)),
  });
  expect(written.filter(({ subject }) => subject.startsWith('cx.dlq.'))).toEqual([]);
  expect(actionWriter().write(written).join('')).toBe(at(blocksOf('text'), 0));
  const csat = `kpis:
  - {id: csat, from: cx.survey.answered, measure: {kind: csat, value: data.score}, window: {kind: tumbling, size: 1h}}
rules:
  - {id: csat_low, kpi: csat, fire: value < 80, severity: major}
`;
  expect(configOf(csat + String(more)).actions).toHaveLength(3);
  const ids = configOf(String(ofPack)).actions.map(({ id }) => id);
  expect(ids).toContain('ask_csat');
  expect(ids).not.toContain('dispatch_complaint');
});
