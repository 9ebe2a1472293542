import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { Principal } from './principal.ts';
import { type Read, ReadAudit } from './read-audit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-02T01:00:00.000Z');
const who = (name: string, role: Principal['role'] = 'operator'): Principal => ({
  ...{ name, role, scope: null, expires: null },
});
const LI = who('li');
const voices = (principal: Principal): Read => ({ action: 'voices.read', principal, address: '10.0.0.1' });
const story = (id: string, principal = LI): Read => ({
  ...{ action: 'case.read', principal, address: '10.0.0.1', of: { case: id } },
});
const timesOf = (entries: readonly AuditEntry[]): number => entries.reduce((sum, { times }) => sum + Number(times), 0);

class Stage {
  readonly entries: AuditEntry[] = [];
  #now = START;
  readonly audit = new ReadAudit(
    (entry) => this.entries.push(entry),
    () => this.#now,
  );

  /** Each minute, as a page that is left open asks. */
  pass(ms: number, each = (): void => undefined): void {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now += MINUTE;
      each();
      this.audit.tick();
    }
  }
  /** What was noted since the last look. */
  noted(): AuditEntry[] {
    return this.entries.splice(0);
  }
}

describe('the audit of reading', () => {
  it('notes the first reading at once: who, as what, what, from where', () => {
    const stage = new Stage();
    stage.audit.read(story('k-1'));
    stage.audit.read(voices(LI));
    stage.audit.read({ ...story('k-2', who('wu', 'frontline')), isRefused: true });
    stage.audit.read({ action: 'kpi.export', principal: LI, address: '10.0.0.1', of: { kpi: 'csat' } });
    const by = { by: 'li', role: 'operator', address: '10.0.0.1', times: 1 };
    expect(stage.noted()).toEqual([
      { action: 'case.read', outcome: 'done', case: 'k-1', ...by },
      { action: 'voices.read', outcome: 'done', ...by },
      { action: 'case.read', outcome: 'refused', case: 'k-2', ...by, by: 'wu', role: 'frontline' },
      { action: 'kpi.export', outcome: 'done', kpi: 'csat', ...by },
    ]);
  });

  it('makes one entry an hour of a page that asks each minute, with its number, and loses count of nothing', () => {
    const stage = new Stage();
    let asked = 0;
    stage.pass(8 * HOUR, () => {
      stage.audit.read(voices(LI));
      asked += 1;
    });
    stage.audit.close();
    const noted = stage.noted();
    expect(noted.length).toBeLessThanOrEqual(9);
    expect([timesOf(noted), asked]).toEqual([480, 480]);
    expect(noted[1]).toMatchObject({ since: '2026-03-02T01:02:00.000Z', last: '2026-03-02T02:01:00.000Z', times: 60 });
  });

  it('notes who comes back after an hour at once, and makes one entry a day of a wall', () => {
    const stage = new Stage();
    stage.audit.read(voices(LI));
    stage.pass(2 * HOUR);
    stage.audit.read(voices(LI));
    expect(stage.noted().map(({ times }) => times)).toEqual([1, 1]);
    stage.pass(48 * HOUR, () => stage.audit.read(voices(who('hall', 'display'))));
    expect(stage.noted().map(({ by, times }) => [by, times])).toEqual([
      ['hall', 1],
      ['hall', 1440],
    ]);
  });

  it('names two hundred cases of a person an hour, and counts what is beyond; others are named all the same', () => {
    const stage = new Stage();
    for (let i = 0; i < 5_000; i++) stage.audit.read(story(`k-${String(i)}`));
    stage.audit.read(story('k-7'));
    stage.audit.read(story('k-1', who('wu')));
    expect(stage.entries.length).toBe(202);
    stage.pass(2 * HOUR);
    const noted = stage.noted();
    expect(noted.filter(({ by }) => by === 'li').map((entry) => entry['case'])).toContain('~other');
    expect(timesOf(noted.filter((entry) => entry['case'] === '~other'))).toBe(4_800);
    expect(timesOf(noted)).toBe(5_002);
    // The next hour begins with nothing.
    stage.pass(2 * HOUR);
    stage.audit.read(story('k-9000'));
    expect(stage.noted()).toMatchObject([{ case: 'k-9000', times: 1 }]);
  });

  it('names twenty addresses of a person an hour, and counts what is beyond: nobody floods the audit by changing his', () => {
    const stage = new Stage();
    const from = (i: number, principal = LI): Read => ({
      ...voices(principal),
      address: `2001:db8::${i.toString(16)}`,
    });
    for (let i = 0; i < 5_000; i++) stage.audit.read(from(i));
    stage.audit.read(from(3));
    stage.audit.read(from(7, who('wu')));
    stage.audit.read({ ...story('k-1'), address: '2001:db8::ffff' });
    expect(stage.entries.length).toBe(23);
    expect(stage.entries.at(-1)).toMatchObject({ case: 'k-1', by: 'li', address: 'other addresses' });
    stage.pass(2 * HOUR);
    const noted = stage.noted();
    expect(timesOf(noted)).toBe(5_003);
    expect(timesOf(noted.filter(({ address }) => address === 'other addresses'))).toBe(4_981);
    // The next hour begins with nothing.
    stage.pass(2 * HOUR);
    stage.audit.read(from(9_000));
    expect(stage.noted()).toMatchObject([{ address: '2001:db8::2328', times: 1 }]);
  });

  it('follows so many, and notes what gathered of the oldest before it follows another', () => {
    const stage = new Stage();
    const people = Array.from({ length: 12_000 }, (_, i) => who(`p-${String(i)}`));
    for (const principal of people) for (let i = 0; i < 2; i++) stage.audit.read(voices(principal));
    expect(stage.audit.queue()).toMatchObject({ queue: 'audit_reads', depth: 10_000, limit: 10_000 });
    stage.audit.close();
    const noted = stage.noted();
    expect([timesOf(noted), new Set(noted.map(({ by }) => by)).size]).toEqual([24_000, 12_000]);
  });
});
