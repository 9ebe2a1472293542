import { describe, expect, it } from 'vitest';
import type { LiveItem, Outgoing } from '../../core/types.ts';
import { latestValues } from './latest-values.ts';

const value = (kpi: string, key: Record<string, string>, number: number | null): LiveItem => ({
  topic: `kpi/${kpi}`,
  key: kpi,
  value: { kpi, key, value: number },
});

describe('the newest values of KPIs as metrics', () => {
  it('are those of the chosen ones, company-wide, live or final, and all is passed on', () => {
    const shown: LiveItem[] = [];
    const committed: Outgoing[] = [];
    const restored: number[] = [];
    const values = latestValues(
      {
        show: (items) => shown.push(...items),
        committed: (messages) => committed.push(...messages),
        time: () => undefined,
        restored: (partition) => restored.push(partition),
      },
      new Set(['drift', 'other']),
    );
    values.show([value('drift', {}, 0.1), value('drift', { channel: 'app' }, 0.9), value('csat', {}, 80)]);
    values.restored(3);
    expect(restored).toEqual([3]);
    expect(values.families()[0]?.samples).toEqual([{ labels: { kpi: 'drift' }, value: 0.1 }]);
    const final = { subject: 'cx.kpi.drift', id: '1', type: 't', time: 1, data: { kpi: 'drift', key: {}, value: 0.3 } };
    values.committed([final]);
    expect(values.families()[0]?.samples).toEqual([{ labels: { kpi: 'drift' }, value: 0.3 }]);
    values.show([value('drift', {}, null)]);
    expect(values.families()[0]?.samples).toEqual([]);
    expect([shown.length, committed.length]).toEqual([4, 1]);
  });
});
