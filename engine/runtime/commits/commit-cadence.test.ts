import { expect, it } from 'vitest';
import type { Outgoing } from '../../core/types.ts';
import { CommitCadence } from './commit-cadence.ts';

const MIB = 1024 * 1024;
const outputs = (length: number): Outgoing[] =>
  Array.from({ length }, () => ({ id: '', subject: 'cx.kpi.x', type: '', time: 0, data: null }));
const cadence = (): { outlet: { outbox: Outgoing[]; outboxBytes: number; isUrgent: boolean }; due: CommitCadence } => {
  const outlet = { outbox: [], outboxBytes: 0, isUrgent: false };
  return { outlet, due: new CommitCadence(outlet, { everyMs: 100, maxEvents: 10 }) };
};

it('is due a while after the first change, and at once by number, size and urgency; never without a change', () => {
  const { outlet, due } = cadence();
  outlet.isUrgent = true;
  expect([due.isDue(1e9), due.dueAt]).toEqual([false, undefined]);
  outlet.isUrgent = false;
  due.touch(1_000);
  due.touch(1_050);
  expect([due.dueAt, due.isDue(1_099), due.isDue(1_100)]).toEqual([1_100, false, true]);
  for (const isNow of [
    () => (outlet.isUrgent = true),
    () => (outlet.outboxBytes = 8 * MIB),
    () => (due.events = 10),
    () => (outlet.outbox = outputs(4_096)),
  ]) {
    due.cut();
    Object.assign(outlet, { outbox: [], outboxBytes: 0, isUrgent: false });
    due.touch(2_000);
    expect(due.isDue(2_000)).toBe(false);
    isNow();
    expect(due.isDue(2_000)).toBe(true);
  }
});

it('is behind at four times what one commit holds', () => {
  const { outlet, due } = cadence();
  due.events = 39;
  outlet.outboxBytes = 32 * MIB - 1;
  outlet.outbox = outputs(16_383);
  expect(due.isBehind).toBe(false);
  due.events = 40;
  expect(due.isBehind).toBe(true);
  due.cut();
  outlet.outboxBytes = 32 * MIB;
  expect(due.isBehind).toBe(true);
  outlet.outboxBytes = 0;
  outlet.outbox = outputs(16_384);
  expect(due.isBehind).toBe(true);
});
