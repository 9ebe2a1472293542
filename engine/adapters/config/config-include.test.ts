import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { joinIncludes } from './config-include.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-include-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'more.yaml'),
  'kpis:\n  - {id: a, target: 1, better: lower}\n  - {id: b}\nrules:\n  - {id: r, kpi: b}\n',
);
const join1 = (own: unknown) => joinIncludes(own, folder);
const faultOf = (name: string): string | undefined => join1({ include: [name] }).faults[0]?.message;

describe('include', () => {
  it("joins lists by id: one's own first, and one's own fields over those of the same id", () => {
    const own = { include: ['more.yaml'], kpis: [{ id: 'c' }, { id: 'a', target: 2 }], partitions: 2 };
    expect(join1(own).raw).toEqual({
      include: ['more.yaml'],
      kpis: [{ id: 'c' }, { id: 'a', target: 2, better: 'lower' }, { id: 'b' }],
      rules: [{ id: 'r', kpi: 'b' }],
      partitions: 2,
    });
  });

  it("joins maps by field: one's own fields over those of the file, the first of two files over the second", () => {
    writeFileSync(join(folder, 'first.yaml'), 'dispatch: {priority: "1", owners: {a: b}}\n');
    writeFileSync(join(folder, 'second.yaml'), 'dispatch: {priority: "2", weights: {tier: {vip: 3}}}\n');
    const include = ['first.yaml', 'second.yaml'];
    const { raw, located } = join1({ include, dispatch: { owners: { c: 'd' } } });
    expect(raw).toEqual({
      include,
      dispatch: { priority: '1', owners: { c: 'd' }, weights: { tier: { vip: 3 } } },
    });
    const fault = { at: ['dispatch', 'weights', 'tier'], message: 'is wrong' };
    expect(located(fault)).toEqual({ at: ['include', 1], message: 'second.yaml: dispatch.weights.tier: is wrong' });
    const own = { at: ['dispatch', 'owners'], message: 'is wrong' };
    expect(located(own)).toBe(own);
    expect(join1({ include, dispatch: 7 }).raw).toEqual({ include, dispatch: 7 });
  });

  it('says of a fault in an included item where it is included, and which item it is', () => {
    const { located } = join1({ include: ['more.yaml'], kpis: [{ id: 'c' }] });
    const fault = { at: ['kpis', 2, 'measure'], message: 'is missing' };
    expect(located(fault)).toEqual({ at: ['include', 0], message: 'more.yaml: kpis[1].measure: is missing' });
    const own = { at: ['kpis', 0, 'measure'], message: 'is missing' };
    expect(located(own)).toBe(own);
  });

  it('leaves alone what includes nothing, or is no configuration', () => {
    for (const own of [null, 7, [], { kpis: [] }, { include: 'x' }]) expect(join1(own).raw).toBe(own);
  });

  it('says what cannot be included', () => {
    expect(faultOf('pack:customer-experiense')).toMatch(/^there is no pack "customer-experiense".*customer-experience/);
    expect(faultOf('pack:../../package')).toMatch(/^there is no pack/);
    expect(faultOf('none.yaml')).toMatch(/^cannot read none\.yaml: ENOENT/);
    writeFileSync(join(folder, 'bad.yaml'), 'kpis: []\nrules: [\n');
    expect(faultOf('bad.yaml')).toMatch(/^bad\.yaml is no YAML: see its line [23]$/);
    writeFileSync(join(folder, 'http.yaml'), 'http: {port: 1}\n');
    expect(faultOf('http.yaml')).toMatch(/^http\.yaml holds http: only calendars, /);
    writeFileSync(join(folder, 'alias.yaml'), 'kpis: [&a {id: x}, *a]\n');
    expect(faultOf('alias.yaml')).toMatch(/^alias\.yaml holds aliases/);
    writeFileSync(join(folder, 'list.yaml'), '- 1\n');
    expect(faultOf('list.yaml')).toMatch(/^list\.yaml is no map/);
  });
});
