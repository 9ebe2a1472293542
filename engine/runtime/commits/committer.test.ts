/** An owner that stood still proves that it still is one before it writes anything more. */
import { describe, expect, it } from 'vitest';
import type { Commit, CommitLog, Outgoing, Sink } from '../../core/types.ts';
import { noLiveFeed } from '../../testing/line-pipeline.ts';
import { Committer, TRUST_MS } from './committer.ts';
import { Forwarder } from './forwarder.ts';

const output: Outgoing = { id: '0.6.0', subject: 'cx.kpi.k', type: 'cx.kpi', time: 0, data: 1 };
const commit = (number: number, outbox: readonly Outgoing[] = []): Commit => ({
  ...{ format: 1, epoch: 1, number, position: number * 10, counters: {}, marks: {}, fingerprints: {} },
  ...{ time: { maxTs: 0, watermark: 0, lastArrival: 0 }, deltas: { sums: number }, outbox },
});

class Rig {
  now = 0;
  /** `+n`: commit n is appended, `!n` with changes of state in it; `>id`: an output is published. */
  readonly log: string[] = [];
  readonly failures: unknown[] = [];
  /** How long each append stands still after it was stored. */
  stalls: number[] = [];
  refuses: number | undefined;
  doubts = 0;
  onAppend = (): unknown => undefined;
  readonly committer: Committer;
  #idle: () => void = () => undefined;

  constructor() {
    const { signal } = new AbortController();
    const sink: Sink = {
      marks: () => ({}),
      storedSince: () => Promise.resolve(new Set()),
      holdsOutputsOf: () => Promise.resolve(false),
      pendingBytes: () => 0,
      publish: (messages) => {
        for (const { id } of messages) this.log.push(`>${id}`);
        return Promise.resolve();
      },
    };
    const log: Pick<CommitLog, 'append'> = {
      append: ({ number, deltas }) => {
        if (number === this.refuses) return Promise.reject(new Error('fenced'));
        this.log.push(`${Object.keys(deltas).length > 0 ? '!' : '+'}${String(number)}`);
        this.onAppend();
        this.now += this.stalls.shift() ?? 1;
        return Promise.resolve();
      },
    };
    const nothing = (): undefined => undefined;
    this.committer = new Committer({
      ...{
        log: log as CommitLog,
        sink,
        live: noLiveFeed,
        signal,
        last: commit(5),
        provenAt: 0,
        ...{ doubts: () => this.doubts, provenDoubts: 0 },
        now: () => this.now,
        elapsed: () => this.now,
      },
      forwarder: new Forwarder(sink, signal, () => this.now, nothing, nothing),
      onCommitted: nothing,
      onIdle: () => this.#idle(),
      onFailure: (thrown) => {
        this.failures.push(thrown);
        this.#idle();
      },
    });
  }
  async run(begin: (committer: Committer) => void): Promise<readonly string[]> {
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    begin(this.committer);
    await idle;
    return this.log;
  }
}

describe('a commit', () => {
  it('that was stored at once is followed by its outputs', async () => {
    const rig = new Rig();
    expect(await rig.run((committer) => committer.start(commit(6, [output])))).toEqual(['!6', '>0.6.0']);
    expect(rig.committer.last.number).toBe(6);
  });
  it('that was stored, but came back late, is proven by another before its outputs leave', async () => {
    const rig = new Rig();
    rig.stalls = [TRUST_MS + 1];
    expect(await rig.run((committer) => committer.start(commit(6, [output])))).toEqual(['!6', '+7', '>0.6.0']);
    // Whoever takes over from here finds the outputs in the last commit, and numbers the next ones after it.
    expect(rig.committer.last).toEqual({ ...commit(7, [output]), position: 60, deltas: {} });
  });
  it('publishes nothing where that proof is refused', async () => {
    const rig = new Rig();
    rig.stalls = [TRUST_MS + 1];
    rig.refuses = 7;
    expect(await rig.run((committer) => committer.start(commit(6, [output])))).toEqual(['!6']);
    expect(rig.failures).toHaveLength(1);
  });
});

it('who stood still is doubtful until it has committed its last state once more', async () => {
  const rig = new Rig();
  rig.now = TRUST_MS;
  expect(rig.committer.isDoubtful()).toBe(false);
  rig.now += TRUST_MS + 1;
  expect(rig.committer.isDoubtful()).toBe(true);
  expect(await rig.run((committer) => committer.prove())).toEqual(['+6']);
  expect([rig.committer.last.number, rig.committer.last.position]).toEqual([6, 50]);
  expect(rig.committer.isDoubtful()).toBe(false);
});

describe('who may have been taken for dead', () => {
  it('is doubtful until a commit begun after that has proven otherwise', async () => {
    const rig = new Rig();
    rig.doubts = 1;
    expect(rig.committer.isDoubtful()).toBe(true);
    // In doubt again while the proof is under way.
    rig.onAppend = () => (rig.doubts = 2);
    expect(await rig.run((committer) => committer.prove())).toEqual(['+6']);
    expect(rig.committer.isDoubtful()).toBe(true);
    rig.onAppend = () => undefined;
    expect(await rig.run((committer) => committer.prove())).toEqual(['+6', '+7']);
    expect(rig.committer.isDoubtful()).toBe(false);
  });
  it('is doubtful no more once it has proven it, though its clock was set back by minutes since', async () => {
    const rig = new Rig();
    rig.now = 300_000;
    rig.doubts = 1;
    expect(rig.committer.isDoubtful()).toBe(true);
    rig.now = 500;
    expect(await rig.run((committer) => committer.prove())).toEqual(['+6']);
    expect(rig.committer.isDoubtful()).toBe(false);
  });
  it('publishes no outputs of a commit before it has proven it', async () => {
    const rig = new Rig();
    rig.onAppend = () => (rig.doubts += rig.doubts === 0 ? 1 : 0);
    expect(await rig.run((committer) => committer.start(commit(6, [output])))).toEqual(['!6', '+7', '>0.6.0']);
    rig.onAppend = () => (rig.doubts += rig.doubts === 1 ? 1 : 0);
    rig.refuses = 9;
    expect(await rig.run((committer) => committer.start(commit(8, [output])))).toEqual(['!6', '+7', '>0.6.0', '!8']);
    expect(rig.failures).toHaveLength(1);
  });
});
