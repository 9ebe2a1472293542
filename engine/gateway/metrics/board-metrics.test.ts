import { describe, expect, it } from 'vitest';
import { exposition } from '../../core/metrics.ts';
import type { AlertMessage, KpiMessage } from '../../core/wire.ts';
import { boardFamilies, labelOf, type ShownBoard } from './board-metrics.ts';

const cell = (kpi: string, key: Record<string, string>, value: number | null, n = 10): { message: KpiMessage } => ({
  message: {
    ...{ kpi, key, value, n, interval: null, revision: 0, final: false, watermark: '2026-03-02T01:00:00.000Z' },
    window: { start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T01:15:00.000Z' },
  },
});
const alert = (rule: string, severity: string, state: AlertMessage['state']): AlertMessage =>
  ({ rule, severity, state }) as AlertMessage;
const board = (cells: { message: KpiMessage }[], alerts: AlertMessage[] = []): ShownBoard => ({
  cells: () => cells,
  alerts: { values: () => alerts },
});

describe('the board as metrics', () => {
  it('is the latest value and its n by KPI and key', () => {
    const text = exposition(boardFamilies(board([cell('csat', { channel: 'app', 'data.shop': '1 "a"' }, 84.2, 1904)])));
    expect(text).toContain('earshot_kpi_value{kpi="csat",channel="app",data_shop="1 \\"a\\""} 84.2\n');
    expect(text).toContain('earshot_kpi_n{kpi="csat",channel="app",data_shop="1 \\"a\\""} 1904\n');
  });

  it('leaves out what has no value, and the finest keys past the limit, the same ones at every scrape', () => {
    const cells = [
      cell('b', { channel: 'web', region: 'east' }, 1),
      cell('a', { channel: 'web' }, 2),
      cell('a', { channel: 'app' }, 3),
      cell('a', {}, 4),
      cell('empty', {}, null),
    ];
    const of = (list: { message: KpiMessage }[]): string => exposition(boardFamilies(board(list), 3));
    const text = of(cells);
    expect(text).toBe(of(cells.toReversed()));
    expect(text.match(/^earshot_kpi_value\{.*$/gm)).toEqual([
      'earshot_kpi_value{kpi="a"} 4',
      'earshot_kpi_value{kpi="a",channel="app"} 3',
      'earshot_kpi_value{kpi="a",channel="web"} 2',
    ]);
    expect(text).toContain('earshot_kpi_values_left_out 1\n');
  });

  it('counts open alerts by rule, severity and state; what is over counts 0 and is not gone', () => {
    const text = exposition(
      boardFamilies(
        board(
          [],
          [alert('r', 'critical', 'firing'), alert('r', 'critical', 'firing'), alert('s', 'major', 'resolved')],
        ),
      ),
    );
    expect(text).toContain('earshot_alerts{rule="r",severity="critical",state="firing"} 2\n');
    expect(text).toContain('earshot_alerts{rule="r",severity="critical",state="pending"} 0\n');
    expect(text).toContain('earshot_alerts{rule="s",severity="major",state="firing"} 0\n');
    expect(text).not.toContain('resolved');
  });

  it('names dimensions as Prometheus allows', () => {
    const names = ['channel', 'data.shop-id', '地区', '2nd', 'kpi', '__name__', '__proto__'].map(labelOf);
    expect(names).toEqual([
      'channel',
      'data_shop_id',
      '_u5730_u533a',
      'key_2nd',
      'key_kpi',
      'key___name__',
      'key___proto__',
    ]);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
  });

  it('tells two dimensions apart that would have one name', () => {
    const text = exposition(boardFamilies(board([cell('a', { 'x.y': '1', x_y: '2' }, 1)])));
    expect(text).toContain('earshot_kpi_value{kpi="a",x_y="1",x_y_2="2"} 1\n');
  });
});
