import { describe, expect, it } from 'vitest';
import { EngineError } from '../core/errors.ts';
import type { BatchStage } from '../core/types.ts';
import { silentLogger } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { pipeStages, RunAhead } from './stages.ts';

/** A stage whose batches are done on request, named by their first number. */
class Gate implements BatchStage<number, number> {
  readonly name = 'gate';
  readonly under = new Map<number, { readonly done: () => void; readonly fail: (thrown: unknown) => void }>();

  async apply(batch: readonly number[]): Promise<readonly number[]> {
    await new Promise<void>((done, fail) => this.under.set(batch[0]!, { done, fail }));
    return batch.map((one) => one * 10);
  }
}

function rig(stage: BatchStage<number, number>, total = 100) {
  const clock = new ManualClock(0);
  const stop = new AbortController();
  let read = 0;
  async function* numbers(): AsyncGenerator<readonly number[]> {
    while (read < total) yield [++read];
  }
  const ahead = new RunAhead<number, number>({
    ...{ batches: numbers(), stage, limit: 4, clock, logger: silentLogger, signal: stop.signal },
    onReady: () => undefined,
  });
  return { ahead, clock, stop, read: () => read };
}
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('stages that run ahead', () => {
  it('hand their batches on in order, whichever is done first', async () => {
    const gate = new Gate();
    const { ahead } = rig(gate);
    await settle();
    gate.under.get(2)!.done();
    await settle();
    expect(ahead.take()).toBeUndefined();
    gate.under.get(1)!.done();
    await settle();
    expect([ahead.take(), ahead.take(), ahead.take()]).toEqual([[10], [20], undefined]);
  });

  it('read no further than the limit, however slow they are (case 31)', async () => {
    const gate = new Gate();
    const { ahead, read } = rig(gate);
    await settle();
    expect([ahead.pending, read()]).toEqual([4, 4]);
    gate.under.get(1)!.done();
    await settle();
    expect(read()).toBe(4);
    ahead.take();
    await settle();
    expect([ahead.pending, read()]).toEqual([4, 5]);
  });

  it('try an io failure again, that batch alone, with growing pauses', async () => {
    let calls = 0;
    const { ahead, clock } = rig({
      name: 'flaky',
      apply: (batch) => {
        if (batch[0] === 1 && ++calls < 3) return Promise.reject(new EngineError('SCORER_FAILED', ['gone']));
        return Promise.resolve(batch);
      },
    });
    await settle();
    expect(ahead.take()).toBeUndefined();
    expect(ahead.blockedBy).toBe('scoring failed: gone');
    clock.advanceBy(100);
    await settle();
    clock.advanceBy(199);
    await settle();
    expect(calls).toBe(2);
    clock.advanceBy(1);
    await settle();
    expect([ahead.take(), ahead.take()]).toEqual([[1], [2]]);
    expect(ahead.blockedBy).toBeUndefined();
  });

  it('tell any other failure in its place', async () => {
    const gate = new Gate();
    const { ahead } = rig(gate);
    await settle();
    gate.under.get(2)!.fail(new TypeError('oh'));
    await settle();
    expect(ahead.take()).toBeUndefined();
    gate.under.get(1)!.done();
    await settle();
    expect(ahead.take()).toEqual([10]);
    expect(() => ahead.take()).toThrow(/^the operator gate failed: TypeError at engine.runtime.stages\.test\.ts:\d+$/);
  });

  it('are not believed when they lose a message', async () => {
    const { ahead } = rig({ name: 'losing', apply: () => Promise.resolve([]) });
    await settle();
    expect(() => ahead.take()).toThrow(/^the operator losing failed: Error at \S+stages\.ts:\d+$/);
  });

  it('end with the input, and with the signal', async () => {
    const whole = rig({ name: 'pass', apply: (batch) => Promise.resolve(batch) }, 2);
    await settle();
    expect(whole.ahead.hasEnded).toBe(false);
    expect([whole.ahead.take(), whole.ahead.take()]).toEqual([[1], [2]]);
    expect(whole.ahead.hasEnded).toBe(true);
    const cut = rig(new Gate());
    await settle();
    cut.stop.abort();
    await settle();
    expect(cut.read()).toBe(4);
  });

  it('can be piped', async () => {
    const add: BatchStage<number, number> = { name: 'add', apply: async (batch) => batch.map((one) => one + 1) };
    const show: BatchStage<number, string> = { name: 'show', apply: async (batch) => batch.map(String) };
    const both = pipeStages(add, show);
    expect(both.name).toBe('add show');
    expect(await both.apply([1, 2], new AbortController().signal)).toEqual(['2', '3']);
  });
});
