import { describe, expect, it } from 'vitest';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import { MAX_NEIGHBOURS, Neighbours } from './causes.ts';
import { KPI, kpiValue } from '../rules/testing/rules-examples.ts';

type Row = readonly [key: Readonly<Record<string, string>>, value: number, n: number, end?: number];

function neighbours(rows: readonly Row[], kpi: Partial<KpiConfig> = {}): Neighbours {
  const all = new Neighbours({ ...KPI, ...kpi }, 1);
  for (const [key, value, n, end = 100] of rows) all.note(kpiValue({ at: end, end, final: true, key, value, n }));
  return all;
}
const whole = (
  value: number,
  n: number,
  key = {},
): { key: object; end: number; value: number; n: number } & { key: Readonly<Record<string, string>> } => ({
  key,
  end: 100_000,
  value,
  n,
});
/** `region=east +8.0` */
function found(all: Neighbours, breach: Parameters<Neighbours['causesOf']>[0]): readonly string[] {
  return all
    .causesOf(breach)
    .map(
      ({ key, contribution }) =>
        `${Object.values(key).join('/')} ${contribution > 0 ? '+' : ''}${contribution.toFixed(1)}`,
    );
}

describe('causes of a breach', () => {
  // 100 texts, 36 % negative: 20 in east at 80 %, the others at 25 %.
  const regions: readonly Row[] = [
    [{ region: 'east' }, 80, 20],
    [{ region: 'west' }, 25, 40],
    [{ region: 'north' }, 25, 40],
  ];

  it('how far a key moves the total: by how much it would change if the key were like the whole', () => {
    expect(neighbours(regions).causesOf(whole(36, 100))).toEqual([
      { key: { region: 'east' }, value: 80, n: 20, share: 0.2, contribution: 8.8 },
    ]);
  });
  it('contributions of a partition sum to nothing', () => {
    const all = neighbours(regions, { better: 'higher' });
    const sum = [...all.causesOf(whole(36, 100)), ...neighbours(regions).causesOf(whole(36, 100))].reduce(
      (total, cause) => total + cause.contribution,
      0,
    );
    expect(sum).toBeCloseTo(0, 10);
  });
  it('where more is better, those below the total are to blame', () => {
    expect(found(neighbours(regions, { better: 'higher' }), whole(36, 100))).toEqual(['north -4.4', 'west -4.4']);
  });
  it('the one pocket rather than what holds it', () => {
    const rows: readonly Row[] = [
      [{ region: 'east' }, 50, 40],
      [{ channel: 'app' }, 48, 50],
      [{ region: 'east', channel: 'app' }, 95, 15],
      [{ region: 'east', channel: 'store' }, 23, 25],
      [{ region: 'west', channel: 'app' }, 28, 35],
    ];
    expect(found(neighbours(rows), whole(36, 100))).toEqual(['east/app +8.8']);
  });
  it('the whole region if it is bad all over', () => {
    const rows: readonly Row[] = [
      [{ region: 'east' }, 80, 40],
      [{ region: 'east', channel: 'app' }, 85, 15],
      [{ region: 'east', channel: 'store' }, 77, 25],
    ];
    expect(found(neighbours(rows), whole(46, 100))).toEqual(['east +13.6']);
  });
  it('at most three, the strongest first', () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((region, i): Row => [{ region }, 60 + i, 10]);
    expect(found(neighbours(rows), whole(30, 100))).toEqual(['e +3.4', 'd +3.3', 'c +3.2']);
  });
  it('only keys inside the breached one', () => {
    const rows: readonly Row[] = [
      [{ region: 'west', channel: 'app' }, 90, 10],
      [{ region: 'east', channel: 'app' }, 60, 10],
      [{ region: 'east' }, 50, 20],
    ];
    expect(found(neighbours(rows), whole(50, 20, { region: 'east' }))).toEqual(
      ['app/east +5.0'].map((s) => s.replace('app/east', 'east/app')),
    );
  });
  it('of a count, its part', () => {
    const rows: readonly Row[] = [
      [{ region: 'east' }, 30, 30],
      [{ region: 'west' }, 10, 10],
    ];
    expect(found(neighbours(rows, { measure: { kind: 'count' } }), whole(40, 40))).toEqual([
      'east +30.0',
      'west +10.0',
    ]);
  });
  it('only of the same window, give or take a slide', () => {
    const rows: readonly Row[] = [
      [{ region: 'east' }, 80, 20, 90],
      [{ region: 'west' }, 80, 20, 98],
    ];
    expect(found(neighbours(rows), whole(36, 100))).toEqual(['west +8.8']);
    expect(found(neighbours(rows, { window: { kind: 'tumbling', sizeMs: 60_000 } }), whole(36, 100))).toEqual([]);
  });
  it('none where there is no value', () => {
    expect(neighbours(regions).causesOf({ key: {}, end: 100_000, value: null, n: 0 })).toEqual([]);
  });
  it('an older value does not replace a newer one, no value removes it', () => {
    const all = neighbours([...regions, [{ region: 'east' }, 1, 20, 99]]);
    expect(found(all, whole(36, 100))).toEqual(['east +8.8']);
    all.note(kpiValue({ at: 101, final: true, key: { region: 'east' }, value: null, n: 0 }));
    expect(found(all, whole(36, 100))).toEqual([]);
  });
  it('is bounded, and forgets what is long past', () => {
    const all = neighbours(Array.from({ length: MAX_NEIGHBOURS + 5 }, (_, i): Row => [{ region: `r${i}` }, 50, 1]));
    expect(all.size).toBe(MAX_NEIGHBOURS);
    all.note(kpiValue({ at: 200, final: true, value: 50, n: 1 }));
    expect(all.size).toBe(1);
  });
});
