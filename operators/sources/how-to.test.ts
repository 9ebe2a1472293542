/** docs/how-to/sources.md and bridges.md: their configurations are good, do what they say, and every preset and scheme is named. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfig, faultText } from '../../engine/adapters/config/config-file.ts';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { configForm } from '../../engine/app/config/config.ts';
import { must } from '../../engine/core/must.ts';
import { mappingOf } from './mapping.ts';
import { PRESET_NAMES } from './presets/presets.ts';
import { SCHEME_NAMES } from './proofs/proof.ts';
import { timeReader } from './time/mapped-time.ts';

const page = readFileSync(new URL('../../docs/how-to/sources.md', import.meta.url), 'utf8');
const bridges = readFileSync(new URL('../../docs/how-to/bridges.md', import.meta.url), 'utf8');
const examples = [...`${page}${bridges}`.matchAll(/```yaml\n([\s\S]*?)```/g)]
  .map(([, yaml = '']) => yaml)
  .filter((yaml) => yaml.includes('sources:'));
const env = {
  DESK_SECRET: 'a secret of ours',
  WJX_PUSH_KEY: 'a secret of ours',
  SHOP_SECRET: 'a secret of ours',
  EARSHOT_KEY: 'a secret of ours',
};

describe('docs/how-to/sources.md', () => {
  it('has configurations that are good', () => {
    expect(examples.length).toBeGreaterThan(2);
    for (const yaml of examples) {
      const checked = checkConfig(yaml, configForm(compileExpression), env);
      expect('faults' in checked ? checked.faults.map((fault) => faultText(yaml, fault)) : []).toEqual([]);
    }
  });
  it('names every preset and every way to prove a sender', () => {
    expect([...PRESET_NAMES, ...SCHEME_NAMES].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('makes of changes of a table what docs/how-to/bridges.md says', () => {
    const yaml = examples.find((one) => one.includes('tickets_table')) ?? '';
    const checked = checkConfig(yaml, configForm(compileExpression), env);
    if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
    const source = must(checked.config.sources[0]);
    const map = mappingOf(source.map, { compile: compileExpression, readTime: timeReader(source), place: 's' });
    const of = (body: object): readonly string[] =>
      map({ body }, () => 'x').events.map(({ id, time }) => `${id} ${time}`);
    // As Debezium 3.6 wrote them of PostgreSQL 15, but for fields that no rule reads; read later than they were committed.
    const read = { source: { connector: 'postgresql', ts_ms: 1772413200000 }, transaction: null, ts_ms: 1772413299999 };
    const open = { id: 7, status: 'open', created_at: '2026-03-02T01:00:00.000000Z' };
    const solved = { ...open, status: 'solved' };
    expect(of({ before: null, after: open, op: 'c', ...read })).toEqual(['case.opened:7 2026-03-02T01:00:00.000Z']);
    expect(of({ before: open, after: solved, op: 'u', ...read })).toEqual([
      'case.resolved:7@1772413200000 2026-03-02T01:00:00.000Z',
    ]);
    const taken = (body: object): unknown => map({ body }, () => 'x');
    for (const body of [
      { before: solved, after: solved, op: 'u' },
      { before: null, after: solved, op: 'r' },
      { before: { ...open, status: null }, after: null, op: 'd' },
    ])
      expect(taken({ ...body, ...read })).toMatchObject({ isTaken: true, events: [], faults: [] });
    // Without REPLICA IDENTITY FULL.
    expect(taken({ before: null, after: solved, op: 'u', ...read })).toMatchObject({ isTaken: false, events: [] });
  });
});
