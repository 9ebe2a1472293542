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
    const at = 1772413200000;
    expect(of({ op: 'c', before: null, after: { id: 7, status: 'new' }, ts_ms: at })).toEqual([
      'case.opened:7 2026-03-02T01:00:00.000Z',
    ]);
    const solved = { op: 'u', before: { id: 7, status: 'open' }, after: { id: 7, status: 'solved' }, ts_ms: at };
    expect(of(solved)).toEqual([`case.resolved:7@${at} 2026-03-02T01:00:00.000Z`]);
    expect(map({ body: { ...solved, before: solved.after } }, () => 'x')).toMatchObject({ isTaken: true, events: [] });
  });
});
