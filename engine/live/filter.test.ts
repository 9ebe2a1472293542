import { describe, expect, it } from 'vitest';
import type { AlertMessage, KpiMessage } from '../core/wire.ts';
import { filterOf, isOwn, passes, passesAction, visibleAlert, visibleKpi } from './filter.ts';

describe('where', () => {
  const filter = filterOf(['kpi/*'], { channel: ['app', 'web'] });
  it('takes the values named, and every key that lacks the dimension', () => {
    expect(passes(filter, { channel: 'app' })).toBe(true);
    expect(passes(filter, { channel: 'phone' })).toBe(false);
    expect(passes(filter, {})).toBe(true);
    expect(passes(filter, { region: 'east' })).toBe(true);
  });
  it('knows equal wishes as equal', () => {
    expect(filterOf(['alerts', 'kpi/a'], { a: ['1', '2'], b: [] }).id).toBe(
      filterOf(['kpi/a', 'alerts', 'alerts'], { b: [], a: ['2', '1', '1'] }).id,
    );
    expect(filterOf(['alerts'], {}, { channels: ['app'] }).id).not.toBe(filterOf(['alerts']).id);
  });
});

describe('scope', () => {
  const east = filterOf(['kpi/*'], {}, { regions: ['east'] });

  it('lets no value outside it leave, the empty and the folded ones included', () => {
    expect(passes(east, { region: 'east', channel: 'app' })).toBe(true);
    for (const region of ['west', '', '~other']) expect(passes(east, { region })).toBe(false);
  });
  it('lets totals pass as bare numbers, or not at all', () => {
    expect(passes(east, {})).toBe(true);
    expect(passes(filterOf(['kpi/*'], {}, { regions: ['east'], totals: false }), {})).toBe(false);
    const total = { key: {}, value: 1, detail: [{ item: 'west shop' }] } as unknown as KpiMessage;
    expect(visibleKpi(east, total)).toEqual({ key: {}, value: 1 });
    const own = { ...total, key: { region: 'east' } };
    expect(visibleKpi(east, own)).toBe(own);
  });
  it('takes quotes and the causes of others out of an alert over more than it', () => {
    const alert = {
      key: {},
      samples: ['a quote'],
      threshold: 'value < 80',
      reason: 'CSAT: 70; value < 80 holds.',
      causes: [{ key: { region: 'west' } }, { key: { region: 'east' } }, { key: { channel: 'app' } }],
    } as unknown as AlertMessage;
    expect(visibleAlert(east, alert)).toEqual({
      key: {},
      threshold: 'value < 80',
      reason: 'CSAT: 70; value < 80 holds.',
      samples: [],
      causes: [{ key: { region: 'east' } }],
    });
    const own = { ...alert, key: { region: 'east' } };
    expect(visibleAlert(east, own)).toBe(own);
  });
  it('shows no expression that names keys to somebody with limits', () => {
    const fire = 'key.region == "west" && value < 5 || value < 2';
    const alert = { key: { region: 'east' }, threshold: fire, samples: ['own'] };
    const said = {
      reason: `CSAT (region=east): 1; ${fire} holds.`,
      reason_zh: `满意度（地区=east）：1；满足条件 ${fire}。`,
    };
    const seen = { ...alert, threshold: '', reason: 'CSAT (region=east): 1.', reason_zh: '满意度（地区=east）：1。' };
    expect(visibleAlert(east, { ...alert, ...said } as unknown as AlertMessage)).toEqual(seen);
    const all = { ...alert, ...said } as unknown as AlertMessage;
    expect(visibleAlert(filterOf(['alerts']), all)).toBe(all);
  });
  it('shows none in the reason of what fires plainly and recovers by keys, and leaves what is plain', () => {
    const recovers = {
      key: { region: 'east' },
      threshold: 'value < 2',
      reason: "Customers' mood: 3; key.team != 'x' holds.",
    };
    expect(visibleAlert(east, recovers as unknown as AlertMessage)).toEqual({
      ...recovers,
      reason: "Customers' mood: 3.",
    });
    const plain = { ...recovers, reason: "Customers' mood: 3; value < 2 holds." } as unknown as AlertMessage;
    expect(visibleAlert(east, plain)).toBe(plain);
  });
  it('of a scope within another shows nothing that the other does not, though it limits more', () => {
    const team = { regions: ['east'], teams: ['t9'] };
    const given = filterOf(['kpi/*'], {}, { ...team, within: { regions: ['east'] } });
    expect(passes(filterOf(['kpi/*'], {}, team), { team: 't9' })).toBe(true);
    for (const key of [{ team: 't9' }, { team: 't9', store: 's2' }, { team: 't9', region: 'west' }])
      expect([key, passes(given, key)]).toEqual([key, false]);
    for (const key of [{}, { region: 'east' }, { region: 'east', team: 't9' }]) expect(passes(given, key)).toBe(true);
    expect(given.id).not.toBe(filterOf(['kpi/*'], {}, team).id);
    const bare = filterOf(['kpi/*'], {}, { ...team, within: { regions: ['east'], totals: false } });
    expect(passes(bare, {})).toBe(false);
  });
  it('hides a key that names something and does not say whose it is', () => {
    for (const key of [{ channel: 'app' }, { store: 's1' }, { product: 'tea', store: 's1' }, { store: '' }])
      expect(passes(east, key)).toBe(false);
    const eastApp = filterOf(['kpi/*'], {}, { regions: ['east'], channels: ['app'] });
    expect(passes(eastApp, { channel: 'app' })).toBe(true);
    expect(passes(eastApp, { region: 'east', store: 's1' })).toBe(true);
    expect(passes(eastApp, { channel: 'app', region: 'west' })).toBe(false);
    expect(passes(filterOf([], {}, { regions: ['east'], channels: ['app'], totals: false }), { channel: 'app' })).toBe(
      false,
    );
  });
  it('shows it where the configuration says whose it is', () => {
    const stores = { dimension: 'store', within: 'region', values: { s1: 'east', s2: 'west' } } as const;
    const mapped = filterOf(['kpi/*'], {}, { regions: ['east'] }, [stores]);
    expect(passes(mapped, { product: 'tea', store: 's1' })).toBe(true);
    for (const store of ['s2', 's3', '', '~other', 'constructor', '__proto__'])
      expect(passes(mapped, { product: 'tea', store })).toBe(false);
    // Either says so: both must be inside.
    expect(passes(mapped, { region: 'east', store: 's2' })).toBe(false);
    expect(passes(mapped, { region: 'west', store: 's1' })).toBe(false);
    const own = { key: { store: 's1' }, value: 1, detail: [{ item: 'x' }] } as unknown as KpiMessage;
    expect(visibleKpi(mapped, own)).toBe(own);
    expect(passesAction(mapped, { data: { store: 's1' } })).toBe(true);
    expect(passesAction(mapped, { key: { region: 'east' }, data: { store: 's2' } })).toBe(false);
    expect([isOwn(mapped, { store: 's1' }), isOwn(mapped, {}), isOwn(mapped, { store: 's3' })]).toEqual([
      true,
      false,
      false,
    ]);
  });
  it('without totals and without limits hides the whole company only', () => {
    const partial = filterOf(['kpi/*'], {}, { totals: false });
    expect([passes(partial, {}), passes(partial, { region: 'east' })]).toEqual([false, true]);
  });
  it('lets actions pass only where they name every limit, inside it', () => {
    expect(passesAction(east, { data: { region: 'east' } })).toBe(true);
    expect(passesAction(east, { key: { region: 'east' } })).toBe(true);
    expect(passesAction(east, { region: 'west', data: { region: 'east' } })).toBe(false);
    expect(passesAction(east, { data: { channel: 'app' } })).toBe(false);
    expect(passesAction(east, { data: { region: 'east', key: { region: 'west' } } })).toBe(false);
    expect(passesAction(filterOf(['actions']), { data: {} })).toBe(true);
    expect(passesAction(filterOf(['actions'], { region: ['west'] }), { data: { region: 'east' } })).toBe(false);
  });
  it('of an empty list lets nothing pass that names the dimension', () => {
    expect(passes(filterOf(['kpi/*'], {}, { channels: [] }), { channel: 'app' })).toBe(false);
  });
});
