/**
 * The table of queues in engine/README.md against a running engine: every metric it names is there, every queue that the
 * metrics tell is in the table, and the bounds are those in force. And docs/reference/metrics.md against its families.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { configForm } from '../../app/config/config.ts';
import { until } from '../rig/read-metrics.ts';

interface Row {
  readonly what: string;
  readonly bound: string;
  readonly policy: string;
  readonly metrics: readonly string[];
}

/** The rows under the heading. */
function tableOf(document: string, heading: string): Row[] {
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| queue'));
  return rows.map((line) => {
    const [what = '', bound = '', policy = '', metrics = ''] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { what, bound, policy, metrics: [...metrics.matchAll(/`([^`]+)`/g)].map(([, metric = '']) => metric) };
  });
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found === null) return [];
    const [, name = '', labels = '', value = ''] = found;
    return [{ name, labels: labelsIn(labels), value: Number(value) }];
  });
}
const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

const table = tableOf(readFileSync(join(packageRoot(), 'engine', 'README.md'), 'utf8'), 'Queues');
const folder = mkdtempSync(join(tmpdir(), 'earshot-queues-'));
let engine: LiveEngine;
let samples: Sample[];

beforeAll(async () => {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
partitions: 2
scoring: {workers: 1, shadow: {model: models/sentiment}}
kpis:
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[], [channel]]}
rules:
  - {id: much, kpi: volume, fire: value > 1, severity: major, owner: care}
hooks:
  - {id: bridge, kind: webhook, url: "http://127.0.0.1:9/", secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", allow: [127.0.0.0/8]}
sources:
  - {id: desk, preset: zendesk, verify: {secret: a secret of the desk}}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  const { signal } = new AbortController();
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
  const event = {
    specversion: '1.0',
    id: 'e-1',
    source: '/queues',
    type: 'cx.feedback.posted',
    data: { channel: 'app', text: '很好' },
  };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const posted = await fetch(`${engine.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) });
  expect(posted.status).toBe(202);
  await until('the event went through', 20_000, async () => {
    samples = samplesOf(await (await fetch(`${engine.url}/metrics`)).text());
    const has = (wanted: string): boolean => samples.some(({ name, value }) => name === wanted && value >= 0);
    return has('earshot_events_processed_total') && has('earshot_stream_used_ratio');
  });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The samples that a metric such as `name{label="value"}` means. */
function meant(metric: string): Sample[] {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(metric) ?? [];
  const wanted = Object.entries(labelsIn(labels));
  return samples.filter((one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === value));
}

/** Those come with the first event that is counted, so which there are depends on the moment. */
const COUNTED_BY_OPERATOR = 'Counted by an operator';

/** One row a family of Earshot's own: name, type, labels (`le` of histograms left out), help. */
function familyRows(text: string): readonly string[] {
  const labels = new Map<string, Set<string>>();
  for (const sample of samplesOf(text)) {
    const name = sample.name.replace(/_(bucket|sum|count)$/, '');
    for (const of of [sample.name, name]) {
      labels.set(of, new Set([...(labels.get(of) ?? []), ...Object.keys(sample.labels)]));
    }
  }
  return [...text.matchAll(/^# HELP (earshot_\w+) (.*)\n# TYPE \1 (\w+)$/gm)]
    .map(([, name = '', help = '', type = '']) => {
      const own = [...(labels.get(name) ?? [])].filter((label) => label !== 'le').sort();
      return `| \`${name}\` | ${type} | ${own.map((label) => `\`${label}\``).join(' ')} | ${help.replaceAll('|', '\\|')} |`;
    })
    .filter((row) => !row.includes(COUNTED_BY_OPERATOR))
    .sort();
}

describe('docs/reference/metrics.md', () => {
  it('has each family that a running engine reports, and no other', async () => {
    const page = readFileSync(join(packageRoot(), 'docs/reference/metrics.md'), 'utf8');
    const listed = page.split('\n').filter((line) => line.startsWith('| `earshot_'));
    const reported = async () => familyRows(await (await fetch(`${engine.url}/metrics`)).text());
    // Some families begin with the first commit or the first window.
    await until('all that is listed is reported', 20_000, async () => {
      const rows = await reported();
      return listed.every((row) => rows.includes(row));
    }).catch(() => undefined);
    expect(listed.length).toBeGreaterThan(50);
    expect((await reported()).join('\n')).toBe(listed.join('\n'));
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
describe("Prometheus' own tool", () => {
  it.skipIf(!promtool)('has nothing to say against the metrics (skipped where promtool is not installed)', async () => {
    const input = await (await fetch(`${engine.url}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});

describe('the table of queues', () => {
  it('has a bound, a policy and a metric for each', () => {
    expect(table.length).toBeGreaterThan(25);
    for (const { what, bound, policy, metrics } of table) {
      expect(
        [what, bound, policy].map((cell) => cell.length > 2),
        what,
      ).toEqual([true, true, true]);
      expect(metrics.length, what).toBeGreaterThan(0);
    }
  });

  // What another tool tells (`nats stream info …`) is not among the metrics.
  const named = table.flatMap(({ what, metrics }) => metrics.map((metric) => [metric, what] as const));
  it.each(named.filter(([metric]) => !metric.startsWith('nats ')))('%s is reported (%s)', (metric) => {
    expect(meant(metric)).not.toEqual([]);
  });

  it('lacks no queue that the metrics tell', () => {
    const named = new Set(table.flatMap(({ metrics }) => metrics.map((metric) => labelsIn(metric)['queue'] ?? '')));
    const reported = samples.filter(
      ({ name }) => name === 'earshot_queue_depth' || name === 'earshot_gateway_queue_depth',
    );
    expect(
      [...new Set(reported.map(({ labels }) => labels['queue'] ?? ''))].filter((queue) => !named.has(queue)),
    ).toEqual([]);
  });

  it('states the bounds that are in force, and nothing is beyond them', () => {
    const limits = samples.filter(({ name }) => name === 'earshot_gateway_queue_limit');
    expect(limits.length).toBeGreaterThan(10);
    for (const { labels, value } of limits) {
      const row = table.find(({ metrics }) =>
        metrics.some((metric) => labelsIn(metric)['queue'] === labels['queue'] && metric.includes('_depth')),
      );
      expect(bytesIn(row?.bound ?? ''), labels['queue']).toContain(value);
      const [depth] = meant(`earshot_gateway_queue_depth{queue="${labels['queue'] ?? ''}"}`);
      expect(depth?.value, labels['queue']).toBeLessThanOrEqual(value);
    }
  });
});

/** The numbers in a text, `4 MiB` as bytes. */
function bytesIn(text: string): number[] {
  return [...text.matchAll(/(\d[\d,]*)(?: (KiB|MiB))?/g)].map(
    ([, number = '', unit = '']) => Number(number.replace(/,/g, '')) * ({ KiB: 2 ** 10, MiB: 2 ** 20 }[unit] ?? 1),
  );
}
