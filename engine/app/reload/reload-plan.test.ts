/** What a changed configuration does to a running engine, part by part. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { parse } from 'yaml';
import { CONFIG_SCHEMA, parseConfig, type Config } from '../config/config.ts';
import { chainsOf } from './reloaded-chains.ts';
import type { ReloadPlan } from '../../core/reload-report.ts';
import { joined, partsByKey, reloadPlan } from './reload-plan.ts';

const BASE = `
http: {port: 0}
kpis:
  - {id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1m}}
  - {id: stars, from: cx.feedback.posted, measure: {kind: mean, value: data.rating.value}, window: {kind: tumbling, size: 1m}}
rules:
  - {id: busy, kpi: views, fire: value > 10, severity: warning}
clocks:
  - {id: reply, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.replied}}
board: {title: {en: Before, zh-CN: 前}}
`;

function config(text: string): Config {
  const parsed = parseConfig(parse(text), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}
const planOf = (next: string, before = BASE): ReloadPlan => reloadPlan(config(before), config(next), chainsOf);

describe('a configuration that takes the place of the running one', () => {
  it.each<[string, readonly [string, string], Partial<ReloadPlan>]>([
    ['nothing', ['', ''], {}],
    ['a threshold', ['value > 10', 'value > 20'], { applied: [{ path: 'rules.busy', what: 'changed' }] }],
    ['a title of the board', ['en: Before', 'en: After'], { applied: [{ path: 'board', what: 'changed' }] }],
    [
      'a KPI that is added',
      [
        'rules:',
        '  - {id: more, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 5m}}\nrules:',
      ],
      // Tiles that nobody chose are those of the KPIs.
      {
        applied: [
          { path: 'kpis.more', what: 'added' },
          { path: 'board', what: 'changed' },
        ],
      },
    ],
    [
      'a KPI of another title',
      ['{id: stars,', '{id: stars, title: {en: S, zh-CN: 星},'],
      { applied: [{ path: 'kpis.stars', what: 'changed' }] },
    ],
    [
      'a rule that is removed',
      ['  - {id: busy, kpi: views, fire: value > 10, severity: warning}', '  []'],
      { applied: [{ path: 'rules.busy', what: 'removed' }] },
    ],
    [
      'a hook',
      ['board:', 'hooks: [{id: oncall, kind: webhook, url: "https://example.com/x"}]\nboard:'],
      { applied: [{ path: 'hooks.oncall', what: 'added' }] },
    ],
    [
      'a rule of single events',
      [
        'board:',
        'event_rules: [{id: angry, key: data.customer.id, raise: {on: cx.feedback.posted}, severity: major}]\nboard:',
      ],
      { applied: [{ path: 'event_rules.angry', what: 'added' }] },
    ],
    ['another port', ['port: 0', 'port: 8081'], { restart: [{ path: 'http', what: 'changed' }] }],
    [
      'another port and a threshold',
      ['http: {port: 0}', 'http: {port: 9}\nlive_every: 1s'],
      { applied: [{ path: 'live_every', what: 'changed' }], restart: [{ path: 'http', what: 'changed' }] },
    ],
  ])('%s', (_name, [from, to], expected) => {
    expect(planOf(BASE.replace(from, to))).toEqual({ applied: [], restart: [], refused: [], ...expected });
  });

  it.each([
    ['a KPI of another measure', 'kind: mean', 'kind: sum', /the KPI stars .*its measure changed.*--reset kpi=<id>/],
    [
      'a KPI of another window',
      'kind: count}, window: {kind: tumbling, size: 1m}',
      'kind: count}, window: {kind: tumbling, size: 2m}',
      /the KPI views .*its window changed/,
    ],
    ['a clock of another key', 'key: data.case', 'key: data.customer.id', /the clock reply .*its key changed/],
  ])('%s is refused, as a start would refuse it, in one partition and in several', (_name, from, to, sentence) => {
    for (const partitions of [1, 2]) {
      const before = `partitions: ${String(partitions)}\n${BASE}`;
      expect(planOf(before.replace(from, to), before).refused).toEqual([expect.stringMatching(sentence)]);
    }
  });

  it('keeps what needs a restart as it runs, and takes up the rest', () => {
    const running = config(BASE);
    const next = config(BASE.replace('port: 0', 'port: 9').replace('value > 10', 'value > 20'));
    const { http, rules } = joined(running, next);
    expect(http).toEqual(running.http);
    expect(rules).toEqual(next.rules);
  });

  it('names each part by the key that a configuration writes', () => {
    expect([...partsByKey().keys()].sort()).toEqual(Object.keys(CONFIG_SCHEMA['properties'] as object).sort());
  });

  it('each part stands in the guide, where it is taken up', () => {
    const page = readFileSync(join(packageRoot(), 'docs/how-to/change-a-running-configuration.md'), 'utf8');
    const [, here = '', restart = ''] = /^\| taken up at once \|.*\n\|---.*\n\| (.*) \| (.*) \|$/m.exec(page) ?? [];
    const listed = (cell: string): readonly string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key!).sort();
    const due = (how: 'here' | 'restart'): readonly string[] =>
      [...partsByKey()]
        .filter(([key, found]) => found === how && key !== 'include')
        .map(([key]) => key)
        .sort();
    expect([listed(here), listed(restart)]).toEqual([due('here'), due('restart')]);
  });
});
