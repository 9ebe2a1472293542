import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../core/must.ts';
import { EngineError, type ErrorCode } from '../../core/errors.ts';
import { silentLogger } from '../../testing/line-pipeline.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { idleStats, type Health } from '../../core/partition/stats.ts';
import {
  readinessOf,
  supervisePartition,
  type Attempt,
  type Ownership,
  type OwnershipWait,
  type SupervisedPartition,
  type SupervisorOptions,
} from './supervisor.ts';

/** A life of a partition that ends when the test says so. */
interface Life {
  readonly halt: AbortSignal;
  fail(thrown: unknown): void;
  end(): void;
  health: Health;
  blocked: string | undefined;
  isClosed: boolean;
}

class Lease implements Ownership {
  readonly #lost = new AbortController();
  readonly asked = new AbortController();
  isReleased = false;
  get lost(): AbortSignal {
    return this.#lost.signal;
  }
  get give(): AbortSignal {
    return this.asked.signal;
  }
  lose(): void {
    this.#lost.abort(new EngineError('LEASE_LOST', [3, 'it has expired']));
  }
  release(): Promise<void> {
    this.isReleased = true;
    return Promise.resolve();
  }
}

interface Rig {
  readonly clock: ManualClock;
  readonly lives: Life[];
  readonly supervised: SupervisedPartition;
  /** `failed:<code>` or `over` once `done` has settled. */
  readonly ending: { how: string };
  readonly stop: AbortController;
  /** How often it was said that it runs here no more. */
  readonly forgotten: { count: number };
}

function rig(own: SupervisorOptions['own'] = null): Rig {
  const clock = new ManualClock(0);
  const lives: Life[] = [];
  const stop = new AbortController();
  const forgotten = { count: 0 };
  setMaxListeners(0, stop.signal);
  const supervised = supervisePartition({
    partition: 3,
    own,
    clock,
    logger: silentLogger,
    signal: stop.signal,
    onEnd: () => {
      forgotten.count++;
    },
    start: ({ stop: stopping, halt }) => {
      let life: Life | undefined;
      const done = new Promise<void>((resolve, reject) => {
        life = {
          halt,
          fail: reject,
          end: resolve,
          health: { state: 'running', reasons: [] },
          blocked: undefined,
          isClosed: false,
        };
        stopping.addEventListener('abort', () => resolve(), { once: true });
        if (own !== null) halt.addEventListener('abort', () => reject(halt.reason as Error));
      });
      const made = life!;
      lives.push(made);
      const run = { done, openRuns: () => [], stats: () => ({ ...idleStats(3, made.health), epoch: lives.length }) };
      const attempt: Attempt = { run, blocked: () => made.blocked, close: () => void (made.isClosed = true) };
      return Promise.resolve(attempt);
    },
  });
  const ending = { how: '' };
  supervised.done.then(
    () => (ending.how = 'over'),
    (thrown: unknown) => (ending.how = `failed:${thrown instanceof EngineError ? thrown.code : String(thrown)}`),
  );
  return { clock, lives, supervised, ending, stop, forgotten };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

const passing: readonly ErrorCode[] = ['BROKER_UNAVAILABLE', 'COMMIT_FENCED', 'PUBLISH_FAILED'];
const final: readonly ErrorCode[] = ['STATE_MISMATCH', 'STREAM_MISMATCH', 'OPERATOR_FAILED'];

describe('supervision', () => {
  it.each([...passing.map((code) => new EngineError(code, [3, 'x'])), new Error('request timed out')])(
    'starts again after %s, a while later, with everything made again',
    async (thrown) => {
      const { clock, lives, supervised, ending, stop } = rig();
      await settle();
      lives[0]?.fail(thrown);
      await settle();
      expect(lives[0]?.isClosed).toBe(true);
      expect(supervised.stats()).toMatchObject({ restarts: 0, health: { state: 'failed' } });
      expect(supervised.stats().health.reasons).toHaveLength(1);
      expect(supervised.fatal()).toBeUndefined();
      clock.advanceBy(249);
      await settle();
      expect(lives).toHaveLength(1);
      clock.advanceBy(1);
      await settle();
      expect(lives).toHaveLength(2);
      expect(supervised.stats()).toMatchObject({ restarts: 1, epoch: 2, health: { state: 'running', reasons: [] } });
      stop.abort();
      await settle();
      expect([ending.how, supervised.stats().health.state, clock.sleeping]).toEqual(['over', 'stopped', 0]);
    },
  );

  it('renewed, it ends gracefully and starts again at once under the right it has; that is no restart, and nothing is forgotten', async () => {
    const lease = new Lease();
    let owned = 0;
    const own: SupervisorOptions['own'] = () => {
      owned++;
      return Promise.resolve(lease);
    };
    const { lives, supervised, ending, stop, clock, forgotten } = rig(own);
    await settle();
    const renewed = supervised.renew();
    await settle();
    clock.advanceBy(10);
    await renewed;
    expect([lives.length, lives[0]?.isClosed, owned, lease.isReleased, forgotten.count]).toEqual([
      2,
      true,
      1,
      false,
      0,
    ]);
    expect(supervised.stats()).toMatchObject({ restarts: 0, epoch: 2, health: { state: 'running', reasons: [] } });
    // What fails after it is started again as ever.
    lives[1]?.fail(new Error('request timed out'));
    await settle();
    clock.advanceBy(250);
    await settle();
    expect([lives.length, supervised.stats().restarts, forgotten.count]).toEqual([3, 1, 1]);
    stop.abort();
    await settle();
    await supervised.renew();
    expect([ending.how, lives.length]).toEqual(['over', 3]);
  });

  it('renewed and asked for it at once, as where another configuration is in force: starts nothing, and the renewal is over', async () => {
    const lease = new Lease();
    let owned = 0;
    const own: SupervisorOptions['own'] = (signal, onWait) => {
      if (owned++ === 0) return Promise.resolve(lease);
      onWait({ reason: 'this one stands by', isAnothers: true });
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const { lives, supervised, ending, stop, clock } = rig(own);
    await settle();
    lease.asked.abort();
    let isOver = false;
    void supervised.renew().then(() => (isOver = true));
    await settle();
    clock.advanceBy(10);
    await settle();
    expect([lives.length, lease.isReleased, isOver]).toEqual([1, true, true]);
    expect(supervised.stats().health).toEqual({ state: 'standby', reasons: ['this one stands by'] });
    stop.abort();
    await settle();
    expect(ending.how).toBe('over');
  });

  it('asked back before it has started: it does not start', async () => {
    const lease = new Lease();
    lease.asked.abort();
    let owned = 0;
    const own: SupervisorOptions['own'] = (signal) =>
      owned++ === 0
        ? Promise.resolve(lease)
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const { lives, stop } = rig(own);
    await settle();
    expect([lives.length, lease.isReleased, owned]).toEqual([0, true, 2]);
    stop.abort();
    await settle();
  });

  it('asked for it, finishes, releases it and waits for it again; coming back is no restart', async () => {
    const given: Lease[] = [];
    const own: SupervisorOptions['own'] = () => {
      const lease = new Lease();
      given.push(lease);
      return Promise.resolve(lease);
    };
    const { lives, supervised, ending, stop, forgotten, clock } = rig(own);
    await settle();
    given[0]?.asked.abort();
    await settle();
    expect([lives.length, lives[0]?.isClosed, lives[0]?.halt.aborted, forgotten.count]).toEqual([2, true, false, 1]);
    expect(given.map(({ isReleased }) => isReleased)).toEqual([true, false]);
    expect(supervised.stats()).toMatchObject({ restarts: 0, health: { state: 'running', reasons: [] } });
    // Refused while it finishes: somebody else had it already.
    given[1]?.asked.abort();
    lives[1]?.fail(new EngineError('COMMIT_FENCED', [3]));
    await settle();
    expect([lives.length, clock.sleeping]).toEqual([3, 0]);
    stop.abort();
    await settle();
    expect(ending.how).toBe('over');
    expect(given.every(({ isReleased }) => isReleased)).toBe(true);
  });

  const bugs = [new TypeError('x is not a function'), new InvariantError('the slice of an open window is missing')];
  it.each([...final.map((code) => new EngineError(code, ['x', 'y'])), ...bugs])(
    'ends for good with %s, and is not started again',
    async (thrown) => {
      const { clock, lives, supervised, ending } = rig();
      await settle();
      lives[0]?.fail(thrown);
      await settle();
      expect(ending.how).toBe(`failed:${thrown instanceof EngineError ? thrown.code : String(thrown)}`);
      expect([supervised.stats().health.state, lives[0]?.isClosed, clock.sleeping]).toEqual(['failed', true, 0]);
      expect(supervised.fatal()).toMatch(/^partition 3 has ended for good: ./);
    },
  );

  it('waits twice as long after each failure, up to ten seconds, and little again after a steady time', async () => {
    const { clock, lives } = rig();
    const waits: number[] = [];
    const failAndWait = async (): Promise<void> => {
      await settle();
      lives.at(-1)?.fail(new EngineError('BROKER_UNAVAILABLE', ['x', 'y']));
      await settle();
      const before = clock.now();
      expect(clock.advanceToNext()).toBe(true);
      waits.push(clock.now() - before);
    };
    for (let i = 0; i < 8; i++) await failAndWait();
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    await settle();
    clock.advanceBy(30_001);
    await failAndWait();
    expect(waits.at(-1)).toBe(250);
  });

  it('says why it starts again until it runs, and what blocks it', async () => {
    const { clock, lives, supervised } = rig();
    await settle();
    lives[0]?.fail(new EngineError('PUBLISH_FAILED', ['cx.kpi', 'full']));
    await settle();
    clock.advanceToNext();
    await settle();
    const life = lives[1]!;
    life.health = { state: 'starting', reasons: [] };
    life.blocked = 'not connected to NATS';
    expect(supervised.stats().health.reasons).toEqual([
      'publishing to cx.kpi failed: full (PUBLISH_FAILED)',
      'not connected to NATS',
    ]);
    life.health = { state: 'running', reasons: [] };
    expect(supervised.stats().health).toEqual({ state: 'blocked', reasons: ['not connected to NATS'] });
    life.blocked = undefined;
    expect(supervised.stats().health).toEqual({ state: 'running', reasons: [] });
  });

  it('stops while it waits to start again', async () => {
    const { clock, lives, ending, stop } = rig();
    await settle();
    lives[0]?.fail(new Error('gone'));
    await settle();
    stop.abort(new Error('stopping'));
    await settle();
    expect([ending.how, clock.sleeping, lives.length]).toEqual(['over', 0, 1]);
  });
});

describe('supervision with leases', () => {
  interface Leases {
    readonly own: NonNullable<SupervisorOptions['own']>;
    readonly given: Lease[];
    readonly give: () => void;
    readonly wait: (wait: OwnershipWait) => void;
  }
  function leases(): Leases {
    const given: Lease[] = [];
    let waiting: ((lease: Lease) => void) | undefined;
    let tell: (wait: OwnershipWait) => void = () => undefined;
    return {
      given,
      wait: (wait) => tell(wait),
      give: () => {
        const lease = new Lease();
        given.push(lease);
        waiting?.(lease);
      },
      own: (signal, onWait) =>
        new Promise((resolve, reject) => {
          waiting = resolve;
          tell = onWait;
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    };
  }

  it('stands by until the partition is its own, and releases it when asked to stop', async () => {
    const { own, given, give, wait } = leases();
    const { lives, supervised, ending, stop } = rig(own);
    await settle();
    expect([lives.length, supervised.stats().health]).toEqual([0, { state: 'starting', reasons: [] }]);
    wait({ reason: 'another instance runs it (b)', isAnothers: true });
    const health: Health = { state: 'standby', reasons: ['another instance runs it (b)'] };
    expect([lives.length, supervised.stats().health]).toEqual([0, health]);
    expect(readinessOf([supervised.stats()])).toEqual([
      'partition 3: another instance runs it (b), this one stands by',
    ]);
    give();
    await settle();
    expect([lives.length, supervised.stats().health.state]).toEqual([1, 'running']);
    expect(given[0]?.isReleased).toBe(false);
    stop.abort(new Error('stopping'));
    await settle();
    expect([ending.how, given[0]?.isReleased]).toEqual(['over', true]);
  });

  it('halts at once when the lease is lost, and waits for it again without a pause', async () => {
    const { own, given, give, wait } = leases();
    const { clock, lives, supervised, ending } = rig(own);
    await settle();
    give();
    await settle();
    given[0]?.lose();
    await settle();
    expect([lives[0]?.halt.aborted, lives[0]?.isClosed, clock.sleeping]).toEqual([true, true, 0]);
    // Nobody is known to have it: this is no standby, and not ready, whatever else runs here.
    const lost = 'the lease of partition 3 is lost: it has expired (LEASE_LOST)';
    expect([supervised.stats().health, ending.how]).toEqual([{ state: 'starting', reasons: [lost] }, '']);
    wait({ reason: 'its lease of before has to expire first', isAnothers: false });
    const running = idleStats(0, { state: 'running', reasons: [] });
    expect(readinessOf([running, supervised.stats()])).toEqual([
      'partition 3 is starting',
      `partition 3: ${lost}`,
      'partition 3: its lease of before has to expire first',
    ]);
    give();
    await settle();
    expect([lives.length, supervised.stats().restarts]).toEqual([2, 1]);
  });

  it('gives the lease back before it waits to try again, and when it fails for good', async () => {
    const { own, given, give } = leases();
    const { clock, lives, ending } = rig(own);
    await settle();
    give();
    await settle();
    lives[0]?.fail(new EngineError('COMMIT_FENCED', [3]));
    await settle();
    expect([given[0]?.isReleased, clock.sleeping]).toEqual([true, 1]);
    clock.advanceToNext();
    await settle();
    give();
    await settle();
    lives[1]?.fail(new EngineError('OPERATOR_FAILED', ['kpis', 'x']));
    await settle();
    expect([given[1]?.isReleased, ending.how]).toEqual([true, 'failed:OPERATOR_FAILED']);
  });

  it('stops while it stands by', async () => {
    const { ending, stop } = rig(leases().own);
    await settle();
    stop.abort(new Error('stopping'));
    await settle();
    expect(ending.how).toBe('over');
  });
});

describe('readiness', () => {
  const of = (...healths: Health[]): readonly string[] =>
    readinessOf(healths.map((health, partition) => idleStats(partition, health)));
  const standby: Health = { state: 'standby', reasons: ['another instance runs it (b)'] };
  const running: Health = { state: 'running', reasons: [] };

  it('is given when all that runs here runs well, though others run some', () => {
    expect(of(running, running)).toEqual([]);
    expect(of(running, standby)).toEqual([]);
  });

  it('is not given while others run all, nor while something is wrong, and says why', () => {
    expect(of(standby)).toEqual(['partition 0: another instance runs it (b), this one stands by']);
    expect(of(running, { state: 'failed', reasons: ['it broke'] })).toEqual([
      'partition 1 is failed',
      'partition 1: it broke',
    ]);
  });
});
