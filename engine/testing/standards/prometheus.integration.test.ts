/**
 * A real Prometheus (Debian's `prometheus`, or PROMETHEUS_BIN) that scrapes a running engine as docs/how-to/prometheus-and-grafana.md
 * says, with a token, and evaluates the rules that are shipped. Users need only Node: skipped where there is none.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { freePort, recordingLogger, until } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { must } from '../../core/must.ts';
import type { Json } from '../../core/types.ts';
import type { KpiMessage } from '../../core/wire.ts';

const BINARY = process.env['PROMETHEUS_BIN'] ?? 'prometheus';
const NONE = spawnSync(BINARY, ['--version']).error !== undefined;
const WHY = NONE ? ' (skipped: no prometheus here: apt-get install prometheus, or PROMETHEUS_BIN)' : '';
const SECRET = 'a secret of thirty-two bytes, or a few more';
const HOW_TO = readFileSync(join(packageRoot(), 'docs/how-to/prometheus-and-grafana.md'), 'utf8');
const RULES = join(packageRoot(), 'dashboards/grafana/earshot-rules.yaml');

/** The block of the how-to, with its comment taken away, at this test's addresses and a pace of its own. */
function scrapeConfig(target: string, tokenFile: string): string {
  const block = must(/```yaml\n# prometheus\.yml\n([^]*?)```/.exec(HOW_TO)?.[1]);
  const set = (text: string, from: string, to: string): string => {
    expect(text).toContain(from);
    return text.replace(from, to);
  };
  const addressed = set(block, '127.0.0.1:8080', target);
  const proved = set(
    addressed,
    '# authorization: {credentials_file: /etc/prometheus/earshot-token}',
    `authorization: {credentials_file: "${tokenFile}"}`,
  );
  return `global: {scrape_interval: 250ms, evaluation_interval: 250ms}\n${set(proved, 'earshot-rules.yaml', RULES)}`;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

describe.skipIf(NONE)(`Prometheus${WHY}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-prometheus-'));
  let engine: LiveEngine | undefined;
  let prometheus: ChildProcess | undefined;
  let url: string;
  let headers: Record<string, string>;
  let said = '';

  const query = async (expression: string): Promise<readonly Series[]> => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return ((await answer.json()) as { data: { result: readonly Series[] } }).data.result;
  };
  /** Values by their labels, those named. */
  const valuesOf = async (
    expression: string,
    ...labels: readonly string[]
  ): Promise<readonly (readonly [string, number])[]> =>
    (await query(expression)).map(
      ({ metric, value }) => [labels.map((label) => metric[label]).join(' '), Number(value[1])] as const,
    );

  /** What the board shows. */
  const shown = async (): Promise<readonly (readonly [string, Json])[]> => {
    const answer = await fetch(`${must(engine).url}/v1/kpis`, { headers });
    const [kpi] = (await answer.json()) as readonly { readonly values: readonly KpiMessage[] }[];
    return must(kpi)
      .values.map(({ key, value }) => [must(key['channel']), value] as const)
      .toSorted();
  };

  beforeAll(async () => {
    const file = join(folder, 'earshot.yaml');
    writeFileSync(
      file,
      `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0, auth: {secret: "${SECRET}"}}
scoring: {sentiment: null}
commit: {every: 50ms}
kpis:
  - {id: low_scores, title: {zh-CN: 低分, en: Low scores}, from: cx.survey.answered, measure: {kind: ratio, of: data.score <= 2, per: "true"}, window: {kind: sliding, size: 1h, slide: 1s}, by: [[channel]]}
rules:
  - {id: many_low, title: {zh-CN: 低分多, en: Many low}, kpi: low_scores, by: [channel], fire: value > 50, severity: critical, owner: care, on: live}
`,
    );
    const config = await loadConfig(file, configForm(compileExpression));
    const { signal } = new AbortController();
    engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
    const jwt = new SignJWT({ role: 'operator', sub: 'prometheus' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h');
    const token = await jwt.sign(new TextEncoder().encode(SECRET));
    headers = { authorization: `Bearer ${token}` };
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, token);
    const settings = join(folder, 'prometheus.yml');
    writeFileSync(settings, scrapeConfig(new URL(engine.url).host, tokenFile));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const store = `--storage.tsdb.path=${join(folder, 'data')}`;
    prometheus = spawn(BINARY, [`--config.file=${settings}`, store, `--web.listen-address=127.0.0.1:${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    prometheus.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.status === 200);
  });
  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('scrapes the engine, without a sample that it refuses or that comes twice', async () => {
    await expect.poll(() => valuesOf('up', 'job')).toEqual([['earshot', 1]]);
    await expect.poll(() => valuesOf('earshot_build_info * 0 + 1', 'job')).toEqual([['earshot', 1]]);
    expect(said).not.toMatch(/err=|level=(warn|error)/);
  });

  it("has the board's values and its open alerts by rule, severity and state", async () => {
    const scores = { app: [1, 1, 1, 5], phone: [5, 5] };
    const batch = Object.entries(scores).flatMap(([channel, all]) =>
      all.map((score, i) => ({
        ...{ specversion: '1.0', id: `${channel}-${i}`, source: '/prometheus', type: 'cx.survey.answered' },
        data: { channel, metric: 'csat', score },
      })),
    );
    const posted = await fetch(`${must(engine).url}/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batch),
    });
    expect(posted.status).toBe(202);
    await expect
      .poll(() => valuesOf('earshot_kpi_value{kpi="low_scores",channel="app"}', 'channel'))
      .toEqual([['app', 75]]);
    await expect
      .poll(() => valuesOf('earshot_alerts == 1', 'rule', 'severity', 'state'))
      .toEqual([['many_low critical firing', 1]]);
    // One scrape may have met a part of it.
    await expect.poll(() => valuesOf('earshot_kpi_n{channel="phone"}', 'channel')).toEqual([['phone', 2]]);
    await expect.poll(() => valuesOf('earshot_events_in_total', 'partition')).toEqual([['0', 6]]);
    expect((await valuesOf('earshot_kpi_value', 'channel')).toSorted()).toEqual(await shown());
    expect(await valuesOf('count(earshot_stream_messages_behind)', 'stream')).toMatchObject([[expect.anything(), 1]]);
  });

  it('evaluates each rule that is shipped, none of which has anything to say, until the engine is gone', async () => {
    interface Rules {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
        }[];
      };
    }
    const rules = async () => must(((await (await fetch(`${url}/api/v1/rules`)).json()) as Rules).data.groups[0]).rules;
    await expect.poll(async () => (await rules()).every(({ health }) => health === 'ok')).toBe(true);
    const all = await rules();
    expect(all.length).toBe(readFileSync(RULES, 'utf8').match(/- alert: /g)?.length);
    expect(all.filter(({ state }) => state !== 'inactive').map(({ name }) => name)).toEqual([]);
    await must(engine).stop();
    engine = undefined;
    await expect
      .poll(async () => (await rules()).filter(({ state }) => state !== 'inactive').map(({ name }) => name))
      .toContain('EarshotGone');
  });
});
