import { describe, expect, it } from 'vitest';
import type { AlertMessage, KpiMessage } from '../core/wire.ts';
import { filterOf, passes, passesAction, visibleAlert, visibleKpi } from './filter.ts';

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
      causes: [{ key: { region: 'west' } }, { key: { region: 'east' } }, { key: { channel: 'app' } }],
    } as unknown as AlertMessage;
    expect(visibleAlert(east, alert)).toEqual({
      key: {},
      samples: [],
      causes: [{ key: { region: 'east' } }, { key: { channel: 'app' } }],
    });
    const own = { ...alert, key: { region: 'east' } };
    expect(visibleAlert(east, own)).toBe(own);
  });
  it('lets actions pass only where they name every limit, inside it', () => {
    expect(passesAction(east, { data: { region: 'east' } })).toBe(true);
    expect(passesAction(east, { key: { region: 'east' } })).toBe(true);
    expect(passesAction(east, { region: 'west', data: { region: 'east' } })).toBe(false);
    expect(passesAction(east, { data: { channel: 'app' } })).toBe(false);
    expect(passesAction(filterOf(['actions']), { data: {} })).toBe(true);
    expect(passesAction(filterOf(['actions'], { region: ['west'] }), { data: { region: 'east' } })).toBe(false);
  });
  it('of an empty list lets nothing pass that names the dimension', () => {
    expect(passes(filterOf(['kpi/*'], {}, { channels: [] }), { channel: 'app' })).toBe(false);
  });
});
