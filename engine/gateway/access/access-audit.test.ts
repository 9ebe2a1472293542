import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../core/audit-entry.ts';
import { AccessAudit } from './access-audit.ts';

function stage(): { audit: AccessAudit; entries: AuditEntry[]; pass: (ms: number) => void } {
  const entries: AuditEntry[] = [];
  let now = Date.parse('2026-03-02T01:00:00.000Z');
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const audit = new AccessAudit({ write: (entry) => entries.push(entry), log, now: () => now });
  return {
    audit,
    entries,
    pass(ms) {
      for (let left = ms; left > 0; left -= 1_000) {
        now += 1_000;
        audit.tick();
      }
    },
  };
}
const from = (address: string, route = '/v1/kpis') => ({ code: 'unauthorized', route, address });
const timesOf = (entries: readonly AuditEntry[]): number => entries.reduce((sum, { times }) => sum + Number(times), 0);

describe('the audit of access', () => {
  it('notes the first refusal at once and its repeats of a minute as one entry with their number', () => {
    const { audit, entries, pass } = stage();
    for (let i = 0; i < 900; i++) audit.refused(from('10.0.0.1'));
    audit.refused({ ...from('10.0.0.1'), by: 'li', code: 'forbidden' });
    expect(entries).toEqual([
      { action: 'access.refused', outcome: 'refused', by: 'unknown', ...from('10.0.0.1'), times: 1 },
      { action: 'access.refused', outcome: 'refused', by: 'li', ...from('10.0.0.1'), code: 'forbidden', times: 1 },
    ]);
    pass(60_000);
    expect(entries.slice(2)).toEqual([
      {
        ...entries[0],
        times: 899,
        since: '2026-03-02T01:00:00.000Z',
        last: '2026-03-02T01:00:00.000Z',
      },
    ]);
    // The next one is a first again.
    audit.refused(from('10.0.0.1'));
    expect(entries).toHaveLength(4);
  });

  it('cannot be flooded by many addresses, and loses count of nothing', () => {
    const { audit, entries, pass } = stage();
    for (let i = 0; i < 20_000; i++) audit.refused(from(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
    expect(entries.length).toBeLessThanOrEqual(50);
    expect(audit.queues()[0]).toMatchObject({ depth: 1_001, limit: 1_000 });
    pass(61_000);
    expect(entries.length).toBeLessThanOrEqual(1_051);
    expect(timesOf(entries)).toBe(20_000);
    expect(entries.at(-1)).toMatchObject({ address: 'other addresses', by: 'unknown' });
  });

  it('notes what has gathered when it ends', () => {
    const { audit, entries } = stage();
    for (let i = 0; i < 3; i++) audit.done('ticket.issue', 'li', { name: 'hall' });
    audit.close();
    expect(entries.map(({ action, times }) => [action, times])).toEqual([
      ['ticket.issue', 1],
      ['ticket.issue', 2],
    ]);
  });
});
