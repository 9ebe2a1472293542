/** docs/how-to/first-alert.md: what it has the reader type works, in both languages; and so does token.mjs of access.md. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { createCodec } from '../../adapters/formats/codec.ts';
import { createSchemaValidator } from '../../adapters/formats/schema-validator.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { must } from '../../core/must.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { principalOf } from '../../gateway/access/claims.ts';
import { playThrough } from '../several-partitions.ts';
import { createDecoder } from '../../../operators/events/decode.ts';
import { dataSchemas } from '../../../operators/events/types/event-types.ts';
import { NOT_SCORED } from '../../../operators/shared/not-scored.ts';
import { configForm } from '../../app/config/config.ts';

const SECRET = 'a-secret-of-thirty-two-characters-or-more';
const read = (name: string): string => readFileSync(join(packageRoot(), 'docs/how-to', name), 'utf8');
const blocks = (text: string): readonly string[] => [...text.matchAll(/^```\w+\n[^]*?^```/gm)].map(([block]) => block);
const block = (text: string, language: string): string =>
  must(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(text)?.[1]);

describe.each(['first-alert.md', 'first-alert.zh-CN.md'])('%s', (name) => {
  it('three complaints of one bread raise one alert', () => {
    const filled = block(read(name), 'yaml')
      .replace('${env:EARSHOT_SECRET}', SECRET)
      .replace('${env:HOOK_SECRET}', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const checked = checkConfig(filled, configForm(compileExpression));
    if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
    const decode = createDecoder({
      codec: createCodec(),
      validate: createSchemaValidator(dataSchemas()),
      channels: [],
      maxEventBytes: 65_536,
      maxFutureMs: 300_000,
      maskKey: 'a key',
    });
    const body = must(/-d '(\[[^]*?\])'; done/.exec(read(name))?.[1]);
    const stored = Date.UTC(2026, 2, 2);
    const items = [1, 2, 3].flatMap(
      (n) =>
        decode({
          subject: 'cx.events.store.case.-',
          headers: { 'content-type': 'application/cloudevents-batch+json' },
          data: Buffer.from(body.replaceAll("'$n'", String(n))),
          seq: n,
          stored: stored + n,
        }).items,
    );
    const events = items.map((item) => {
      if ('rejected' in item) throw new Error(JSON.stringify(item.rejected.data));
      return { ...item.event, value: { ...item.event.value, enrichment: NOT_SCORED } };
    });
    const last = must(events.at(-1));
    const later = { ...last, id: 'later', ts: last.ts + 600_000 }; // moves time on, so that windows close
    const sent = playThrough(checked.config, [...events, later], { partitions: 1, commitEvery: 100, crashEvery: 0 });
    const fired = sent
      .filter(({ subject }) => subject.startsWith('cx.alerts.'))
      .map(({ data }) => data as unknown as AlertMessage)
      .filter(({ state }) => state === 'firing');
    expect(fired.map(({ rule, key, value }) => [rule, key, value])).toEqual([['bad_batch', { bread: 'rye' }, 3]]);
  });
});

it('both languages have the reader type the same', () => {
  const typed = (name: string): readonly string[] =>
    blocks(read(name)).map((text) => text.replace(/language: .*|"text": ".*"/g, ''));
  expect(typed('first-alert.zh-CN.md')).toEqual(typed('first-alert.md'));
  expect(typed('first-alert.md')).toHaveLength(5);
});

it('token.mjs of access.md makes tokens that are let in', async () => {
  const made = async (...args: string[]) => {
    const run = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', block(read('access.md'), 'js'), '-', ...args],
      {
        encoding: 'utf8',
        env: { ...process.env, EARSHOT_SECRET: SECRET },
      },
    );
    const { payload } = await jwtVerify(run.stdout.trim(), new TextEncoder().encode(SECRET), { algorithms: ['HS256'] });
    return principalOf(payload);
  };
  expect(await made('ops', 'operator')).toMatchObject({ name: 'ops', role: 'operator', scope: null });
  expect(await made('lin', 'frontline', '{"channels":["app"]}')).toMatchObject({ scope: { channels: ['app'] } });
});
