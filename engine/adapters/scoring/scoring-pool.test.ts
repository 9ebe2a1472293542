import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScoringPool, type ScoringPoolOptions } from './scoring-pool.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

type Obedient = { length: number; batch: number; version: string };
let folder = '';
const open: ScoringPool<Obedient>[] = [];

async function pool(options: Partial<ScoringPoolOptions> = {}): Promise<ScoringPool<Obedient>> {
  const made = await ScoringPool.open<Obedient>({
    runner: new URL('../testing/faulty-runner.fixture.mjs', import.meta.url),
    dir: 'v1',
    workers: 1,
    batchTexts: 8,
    batchDeadlineMs: 5,
    queueTexts: 1000,
    ...options,
  });
  open.push(made);
  return made;
}

/** Length of each scored text, or why it failed. */
const outcomes = (scored: Awaited<ReturnType<ScoringPool<Obedient>['score']>>): (number | string)[] =>
  scored.map((one) => ('score' in one ? one.score.length : one.failed));

const words = (n: number, from = 0): string[] => Array.from({ length: n }, (_, i) => 'x'.repeat(from + i + 1));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoring-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  rmSync(folder, { recursive: true });
});

describe('the scoring pool', () => {
  it('gives one result a text, in order, whatever the lengths and batches', async () => {
    const scorer = await pool({ workers: 2 });
    const texts = words(100).reverse();
    expect(outcomes(await scorer.score(texts))).toEqual(texts.map((text) => text.length));
    expect(outcomes(await scorer.score([]))).toEqual([]);
  });

  it('starts although a thread is lost while it loads the model: a machine that is busy is no reason to give up', async () => {
    const scorer = await pool({ options: { dieLoadOnce: join(folder, 'died') } });
    expect(outcomes(await scorer.score(['abc']))).toEqual([3]);
  });

  it('makes batches no larger than asked, and gathers what several callers ask for at once', async () => {
    const scorer = await pool();
    const results = await Promise.all(words(16).map((text) => scorer.score([text])));
    const batches = results.flat().map((one) => ('score' in one ? one.score.batch : 0));
    expect(Math.max(...batches)).toBe(8);
    expect(scorer.stats().batches).toBeLessThanOrEqual(5);
  });

  it('does not score the same text twice, neither while it waits nor after', async () => {
    const scorer = await pool();
    expect(outcomes(await scorer.score(['abc', 'abc', 'de']))).toEqual([3, 3, 2]);
    expect(outcomes(await scorer.score(['de', 'abc']))).toEqual([2, 3]);
    const { batches, texts, cached } = scorer.stats();
    expect({ batches, texts, cached }).toEqual({ batches: 1, texts: 5, cached: 2 });
  });

  it('holds no more texts than its queue, and goes on as texts are done', async () => {
    const scorer = await pool({ queueTexts: 10, cacheBytes: 0 });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, scorer.stats().queue);
    }, 1);
    const texts = ['slow 20', ...words(99)];
    const results = await Promise.all([scorer.score(texts), scorer.score(words(50, 200))]);
    clearInterval(watch);
    expect(outcomes(results[0])).toEqual(texts.map((text) => text.length));
    expect(outcomes(results[1])).toEqual(words(50, 200).map((text) => text.length));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(10);
    expect(scorer.stats().queue).toBe(0);
  });

  it('replaces a worker that dies within a second, and scores its batch again', async () => {
    const scorer = await pool();
    const texts = ['a', `die once ${join(folder, 'mark')}`, 'bcd'];
    const began = performance.now();
    expect(outcomes(await scorer.score(texts))).toEqual(texts.map((text) => text.length));
    expect(performance.now() - began).toBeLessThan(onThisMachine(1000));
    expect(scorer.stats()).toMatchObject({ restarts: 1, failed: 0, ready: 1 });
  });

  it('gives up a worker that shows no sign of life for 500 ms, has another within a second, and scores its batch again', async () => {
    const replaced: number[] = [];
    const logger = {
      info: (_: string, fields?: Record<string, unknown>) => void replaced.push(Number(fields?.['ms'])),
      warn: () => undefined,
      error: () => undefined,
    };
    const scorer = await pool({ logger });
    const texts = ['a', `hang once ${join(folder, 'mark')}`, 'bcd'];
    const began = performance.now();
    expect(outcomes(await scorer.score(texts))).toEqual(texts.map((text) => text.length));
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(500);
    expect(took).toBeLessThan(onThisMachine(500 + 150 + 1000));
    expect(replaced.length).toBe(1);
    expect(replaced[0]).toBeLessThan(onThisMachine(1000));
    expect(scorer.stats()).toMatchObject({ restarts: 1, failed: 0, ready: 1 });
  });

  it('does not take a slow batch for a hanging one: it goes on from text to text', async () => {
    const scorer = await pool({ hangMs: 150 });
    const texts = Array.from({ length: 8 }, (_, i) => `slow ${50 + i}`);
    expect(outcomes(await scorer.score(texts))).toEqual(texts.map((text) => text.length));
    expect(scorer.stats()).toMatchObject({ restarts: 0, batches: 1, failed: 0 });
  });

  it.each(['die', 'hang', 'throw', 'short'])(
    'isolates a text that makes the model %s: it alone fails, its neighbours wait for one fault at most',
    { timeout: 300_000 },
    async (poison) => {
      const scorer = await pool({ hangMs: 150, batchTexts: 16 });
      const bad = scorer.score([poison]);
      const state = { isDecided: false };
      const decided = bad.then(() => (state.isDecided = true));
      const neighbours = await Promise.all(words(15).map((text) => scorer.score([text])));
      expect(neighbours.flatMap(outcomes)).toEqual(words(15).map((text) => text.length));
      if (poison === 'die' || poison === 'hang') {
        expect(state.isDecided).toBe(false);
        expect(scorer.stats().restarts).toBe(1);
      }
      await decided;
      expect(typeof outcomes(await bad)[0]).toBe('string');
      expect(scorer.stats()).toMatchObject({ failed: 1, queue: 0 });
      expect(outcomes(await scorer.score(['still works']))).toEqual([11]);
    },
  );

  it('isolates a poisonous text too where the model does not tell which text it is at', async () => {
    const scorer = await pool({ batchTexts: 16 });
    const texts = [...words(7), 'die', 'says nothing', ...words(7, 7)];
    const got = outcomes(await scorer.score(texts));
    expect(got.map((one) => typeof one)).toEqual(texts.map((text) => (text === 'die' ? 'string' : 'number')));
  });

  it('scores what comes in the meantime while a text that kills workers is isolated', async () => {
    const scorer = await pool();
    const bad = scorer.score(['die']);
    const meanwhile = [];
    for (const text of words(4)) meanwhile.push(...outcomes(await scorer.score([text])));
    expect(meanwhile).toEqual([1, 2, 3, 4]);
    expect(typeof outcomes(await bad)[0]).toBe('string');
  });

  it('refuses a model that does not load, saying what was expected', async () => {
    const mark = join(folder, 'broken');
    writeFileSync(mark, '');
    await expect(pool({ options: { brokenIf: mark } })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: 'the model in v1 is not usable: expected a model, found none',
    });
  });

  it('reports texts as failed while no worker is available, and recovers by itself', async () => {
    const mark = join(folder, 'broken');
    const scorer = await pool({ options: { brokenIf: mark } });
    writeFileSync(mark, '');
    const [lost] = await scorer.score(['die']);
    expect(lost).toMatchObject({ failed: expect.stringContaining('expected a model') as string });
    expect(outcomes(await scorer.score(['abc']))[0]).toContain('expected a model');
    rmSync(mark);
    await expect.poll(() => scorer.stats().ready, { timeout: 120_000 }).toBe(1);
    expect(outcomes(await scorer.score(['abc']))).toEqual([3]);
  });

  it('goes over to another model while texts are under way', async () => {
    const scorer = await pool();
    const before = scorer.score(['slow 50', ...words(5)]);
    await scorer.switchTo('v2');
    expect(outcomes(await before)).toEqual([7, 1, 2, 3, 4, 5]);
    expect(outcomes(await scorer.score(['abc']))).toEqual([3]);
    expect(scorer.stats().model).toEqual({ name: 'obedient', version: 'v2' });
  });

  it('goes over under load: each text is scored once, in order, by one version or the other, and then by the new one', async () => {
    const scorer = await pool({ workers: 2, cacheBytes: 0 });
    const asked: ReturnType<typeof scorer.score>[] = [];
    const state = { isSwitched: false };
    const switching = scorer.switchTo('v2').then(() => (state.isSwitched = true));
    for (let i = 0; !state.isSwitched; i++) {
      asked.push(scorer.score(words(20, i)));
      if (i % 4 === 3) await asked.at(-1);
    }
    await switching;
    const all = await Promise.all(asked);
    all.forEach((results, i) => expect(outcomes(results)).toEqual(words(20, i).map((text) => text.length)));
    const versions = new Set(all.flat().map((one) => ('score' in one ? one.score.version : 'none')));
    expect([...versions].sort()[0]).toBe('v1');
    expect(versions.has('none')).toBe(false);
    const after = await scorer.score(words(20));
    expect(after.map((one) => ('score' in one ? one.score.version : 'none'))).toEqual(words(20).map(() => 'v2'));
    expect(scorer.stats()).toMatchObject({ failed: 0, queue: 0, ready: 2 });
  });

  it('answers no repeat with what the model before said of it, even if that came after the change', async () => {
    const scorer = await pool();
    const version = async (): Promise<unknown> => {
      const [one] = await scorer.score(['slow 300']);
      return one !== undefined && 'score' in one ? one.score.version : one;
    };
    await scorer.score(['x']);
    const before = version();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await scorer.switchTo('v2');
    expect(await before).toBe('v1');
    expect(await version()).toBe('v2');
    // Nor with what it had said before.
    await scorer.switchTo('v3');
    expect(await version()).toBe('v3');
  });

  it('goes on with the present model when the new one does not load', async () => {
    const mark = join(folder, 'broken');
    const scorer = await pool({ options: { brokenIf: mark } });
    writeFileSync(mark, '');
    await expect(scorer.switchTo('v2')).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(outcomes(await scorer.score(['abc']))).toEqual([3]);
    expect(scorer.stats()).toMatchObject({ model: { version: 'v1' }, ready: 1, failed: 0 });
  });

  it('lets a caller go when its signal says so, and nobody else', async () => {
    const scorer = await pool();
    const stop = new AbortController();
    const one = scorer.score(['slow 100'], stop.signal);
    const other = scorer.score(['slow 100', 'abc']);
    stop.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    expect(outcomes(await other)).toEqual([8, 3]);
    await expect(scorer.score(['abc'], stop.signal)).rejects.toThrow('enough');
  });

  it('rejects what is under way when it is closed', async () => {
    const scorer = await pool({ queueTexts: 2 });
    const waiting = scorer.score(['slow 1000', 'a', 'b', 'c']);
    const closed = expect(waiting).rejects.toMatchObject({ code: 'SCORER_FAILED' });
    await scorer.close();
    await closed;
    await expect(scorer.score(['d'])).rejects.toMatchObject({ code: 'SCORER_FAILED' });
  });
});
