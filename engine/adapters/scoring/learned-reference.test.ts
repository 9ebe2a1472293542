import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveFeed, Outgoing } from '../../core/types.ts';
import { openLearnedReference, type LearnedReference } from './learned-reference.ts';

const BINS = { min: -1, max: 1, bins: 2 };
const kpis = new Map([['drift', BINS]]);
let folder = '';
let file = '';
const logged: string[] = [];
const log = {
  info: (message: string) => void logged.push(message),
  warn: (message: string) => void logged.push(message),
  error: (message: string) => void logged.push(message),
};
const open = (enough = 100): Promise<LearnedReference> => openLearnedReference(file, kpis, enough, log);
const at = (minute: number): string => `2026-03-02T09:${String(minute).padStart(2, '0')}:00.000Z`;

/** A value of the window of ten minutes that begins then. */
const value = (minute: number, counts: readonly number[], more: object = {}): Outgoing => ({
  subject: 'cx.kpi.drift',
  id: String(minute),
  type: 'cx.kpi.value',
  time: 0,
  data: {
    kpi: 'drift',
    key: {},
    window: { start: at(minute), end: at(minute + 10) },
    final: true,
    revision: 0,
    detail: { counts: [...counts] },
    ...more,
  },
});
async function show(learned: LearnedReference, ...messages: Outgoing[]): Promise<Outgoing[]> {
  const passed: Outgoing[] = [];
  const hub: LiveFeed = {
    show: () => undefined,
    committed: (all) => void passed.push(...all),
    time: () => undefined,
    restored: () => undefined,
  };
  learned.watch(hub).committed(messages);
  await learned.saved();
  return passed;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reference-'));
  file = join(folder, 'drift.json');
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a reference learned from emitted values', () => {
  it('adds up windows that do not overlap until there is enough, over restarts, and is used from the next start on', async () => {
    const first = await open();
    const messages = [value(0, [10, 20]), value(5, [500, 500]), value(10, [5, 15])];
    expect(await show(first, ...messages)).toEqual(messages);
    expect(first.of('drift')).toBeNull();
    const second = await open();
    expect(second.of('drift')).toBeNull();
    // Emitted again after a crash, and one more.
    await show(second, value(10, [5, 15]), value(20, [30, 40]));
    expect(second.of('drift')).toBeNull();
    expect(logged).toEqual(['a reference of drift was learned; it is used from the next start on']);
    const third = await open();
    expect(third.of('drift')).toEqual([45, 75]);
    await show(third, value(40, [1, 1]));
    expect((await open()).of('drift')).toEqual([45, 75]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      drift: { ...BINS, n: 120, counts: [45, 75], until: at(30) },
    });
  });

  it('looks at first final values of all keys together alone', async () => {
    const learned = await open(1);
    await show(
      learned,
      value(0, [9, 9], { key: { channel: 'app' } }),
      value(0, [9, 9], { final: false }),
      value(0, [9, 9], { revision: 1 }),
      value(0, [9, 9], { kpi: 'other' }),
      value(0, [9, 9, 9]),
      value(0, [0, 0]),
    );
    expect((await open(1)).of('drift')).toBeNull();
    await show(learned, value(0, [1, 2]));
    expect((await open(1)).of('drift')).toEqual([1, 2]);
  });

  it.each([
    ['[]', /expected what was learned by KPI/],
    ['{"drift": {"counts": [1, -1]}}', /expected what was learned by KPI/],
    ['{', /JSON/],
    [
      JSON.stringify({ drift: { min: 0, max: 1, n: 3, counts: [1, 2], until: at(0) } }),
      /drift was learned in 2 bins from 0 to 1: remove it/,
    ],
  ])('refuses the file %s', async (text, says) => {
    writeFileSync(file, text);
    await expect(open()).rejects.toMatchObject({
      code: 'FILE_UNUSABLE',
      message: expect.stringMatching(says) as string,
    });
  });

  it('says so where it cannot be kept, and goes on', async () => {
    file = join(folder, 'nowhere', 'drift.json');
    const learned = await open();
    expect((await show(learned, value(0, [1, 1]))).length).toBe(1);
    expect(logged).toEqual(['what was learned could not be kept']);
  });
});
