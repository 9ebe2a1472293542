/** An engine as `earshot run` has it, over an embedded broker: a hang-up (`kill -HUP`), and how other commands find that broker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig, parseConfigText } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { publicAddress } from '../../../adapters/nats/redact-address.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { configForm, type Config } from '../../config/config.ts';
import { knownServers } from './broker-session.ts';
import { runLive } from './live-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-session-'));
const file = join(folder, 'earshot.yaml');
const form = configForm(compileExpression);
const read = (): Promise<Config> => loadConfig(file, form);
const write = (...kpis: readonly string[]): void =>
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
${kpis.map((id) => `  - {id: ${id}, title: {en: V, zh-CN: 浏}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}`).join('\n')}
`,
  );

const logger = recordingLogger();
const said = (message: string) => logger.lines.filter((line) => line.message === message);
const ready = (field: string): string => String(said('ready')[0]?.fields[field]);
const stop = new AbortController();
let ended: Promise<void>;
beforeAll(async () => {
  write('views');
  const reload = { read, parse: (text: string): Config => parseConfigText(text, file, form) };
  ended = runLive({ config: await read(), reload, logger, demo: null, signal: stop.signal });
  await expect.poll(() => said('ready').length).toBe(1);
});
afterAll(async () => {
  stop.abort();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

it('its broker is found by its store, where `replay` is told no server', async () => {
  expect(knownServers(await read()).map(publicAddress)).toEqual([ready('nats')]);
});

it('a hang-up has the configuration read again while the engine runs on; a bad one changes nothing', async () => {
  const kpis = async (): Promise<readonly string[]> =>
    ((await (await fetch(`${ready('url')}/v1/kpis`)).json()) as readonly { id: string }[]).map(({ id }) => id);
  expect(await kpis()).toEqual(['views']);

  write('views', 'more');
  process.kill(process.pid, 'SIGHUP');
  await expect.poll(kpis).toEqual(['views', 'more']);

  writeFileSync(file, 'kpis: [');
  process.kill(process.pid, 'SIGHUP');
  // As a start would say it: which file, and where in it.
  await expect.poll(() => said('the changed configuration is not usable').length).toBe(1);
  expect(said('the changed configuration is not usable')).toMatchObject([
    {
      level: 'error',
      fields: { code: 'CONFIG_INVALID', error: expect.stringMatching(/earshot\.yaml:1:\d+/) as string },
    },
  ]);
  expect(await kpis()).toEqual(['views', 'more']);
});
