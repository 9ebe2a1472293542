import { describe, expect, it } from 'vitest';
import { Chain, fan, fingerprintsOf, operatorsOf, pipe, type ChainDef } from './chain.ts';
import { EngineError } from './errors.ts';
import { END_OF_TIME, START_OF_TIME, type Collector, type Operator, type OperatorDef, type State } from './types.ts';

function operator<In, Out>(name: string, make: () => Partial<Operator<In, Out>>, more?: Partial<OperatorDef<In, Out>>) {
  const passOn: Operator<In, Out>['onEvent'] = (event, _, out) => out.emit(event as never);
  return { name, create: () => ({ onEvent: passOn, ...make() }), ...more } satisfies OperatorDef<In, Out>;
}

/** Adds its name to the text that passes, with the watermark it sees. */
const named = (name: string) =>
  operator<string, string>(name, () => ({
    onEvent: (event, watermark, out) => out.emit({ ...event, value: `${event.value} ${name}@${watermark}` }),
  }));

/** Emits `name!watermark` each `every` ms of event time. */
const ticking = (name: string, every: number) =>
  operator<string, string>(name, () => {
    let next = every;
    return {
      dueAt: () => next,
      onWatermark: (watermark, out) => {
        out.emit({ id: name, key: '', ts: next, value: `${name}!${watermark}` });
        next += every;
      },
    };
  });

class Recorder implements Collector<unknown> {
  readonly log: unknown[] = [];
  emit = ({ value }: { value: unknown }): unknown => this.log.push(value);
  send = (message: unknown): unknown => this.log.push({ send: message });
  forward = (message: unknown): unknown => this.log.push({ forward: message });
  show = (item: unknown): unknown => this.log.push({ show: item });
  urgent = (): unknown => this.log.push('urgent');
  count = (name: string, by = 1): unknown => this.log.push(`${name}+${by}`);
}

function start(
  def: ChainDef<string, unknown>,
  parts: Record<string, State[]> = {},
  fingerprints = fingerprintsOf(def),
) {
  const recorder = new Recorder();
  const chain = new Chain(def, { partition: 3 }, recorder, { parts, fingerprints, watermark: START_OF_TIME });
  return { chain, log: recorder.log };
}
const event = (value: string, ts = 0) => ({ id: value, key: '', ts, value });

describe('a chain', () => {
  it('hands each event on, in order, through pipes and fans', () => {
    const { chain, log } = start(pipe(named('a'), pipe(fan(named('b'), pipe(named('c'), named('d'))), named('e'))));
    chain.advance(5);
    chain.event(event('x'));
    expect(log).toEqual(['x a@5 b@5 e@5', 'x a@5 c@5 d@5 e@5']);
  });

  it('moves time on step by step, to where something is due', () => {
    const { chain, log } = start(ticking('t', 10));
    expect(chain.advanceStep(5)).toBe(true);
    expect([chain.advanceStep(25), chain.watermark]).toEqual([false, 10]);
    expect([chain.advanceStep(25), chain.watermark]).toEqual([false, 20]);
    expect([chain.advanceStep(25), chain.watermark]).toEqual([true, 25]);
    expect([chain.advanceStep(7), chain.watermark]).toEqual([true, 25]);
    expect(log).toEqual(['t!10', 't!20']);
    // Who stays due keeps nobody from getting there.
    const stuck = start(operator('s', () => ({ dueAt: () => 3, onWatermark: () => undefined })));
    expect([stuck.chain.advanceStep(9), stuck.chain.watermark]).toEqual([false, 3]);
    expect([stuck.chain.advanceStep(9), stuck.chain.watermark]).toEqual([true, 9]);
  });

  it('lists operators before those they emit to', () => {
    const def = pipe(named('a'), pipe(fan(named('b'), pipe(named('c'), named('d'))), named('e')));
    expect(operatorsOf(def).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('lets output caused by a watermark precede it at whoever comes next (law 2)', () => {
    const { chain, log } = start(pipe(ticking('tick', 10), named('next')));
    chain.advance(4);
    chain.advance(10);
    chain.event(event('x'));
    expect(log).toEqual(['tick!10 next@4', 'x next@10']);
  });

  it('works off every due time a watermark passes', () => {
    const { chain, log } = start(pipe(ticking('fast', 10), ticking('slow', 25)));
    chain.advance(30);
    expect(log).toEqual(['fast!30', 'fast!30', 'fast!30', 'slow!30']);
    expect(chain.due).toBe(40);
  });

  it('asks an operator nothing before its time', () => {
    let calls = 0;
    const lazy = operator<string, string>('lazy', () => ({
      dueAt: () => 100,
      onWatermark: () => {
        calls++;
      },
    }));
    const { chain } = start(lazy);
    for (let i = 0; i < 100; i++) {
      chain.event(event('x', i));
      chain.advance(i);
    }
    expect(calls).toBe(0);
    chain.advance(100);
    expect(calls).toBe(1);
  });

  it('ignores a watermark that goes back (case 17)', () => {
    const { chain } = start(named('a'));
    chain.advance(10);
    chain.advance(5);
    expect(chain.watermark).toBe(10);
  });

  it('calls at once who becomes due by an event at a watermark already reached', () => {
    const { chain, log } = start(
      operator<string, string>('late', () => {
        let due: number | undefined;
        return {
          onEvent: ({ ts }) => {
            due = ts;
          },
          dueAt: () => due,
          onWatermark: (watermark, out) => {
            out.emit({ id: '', key: '', ts: 0, value: `fired@${watermark}` });
            due = undefined;
          },
        };
      }),
    );
    chain.advance(50);
    chain.event(event('x', 20));
    chain.event(event('y', 50));
    expect(log).toEqual(['fired@50', 'fired@50']);
  });

  it('lets those who gather send with each commit, whether the input is silent or not', () => {
    const gathering = (name: string) =>
      operator<string, string>(name, () => ({
        beforeCommit: (watermark, isIdle, out) =>
          out.send({ subject: name, type: 't', time: watermark, data: { isIdle } }),
      }));
    expect(start(named('a')).chain.hasGatherers).toBe(false);
    const { chain, log } = start(pipe(gathering('a'), pipe(named('b'), gathering('c'))));
    expect(chain.hasGatherers).toBe(true);
    chain.advance(7);
    chain.beforeCommit(false);
    chain.beforeCommit(true);
    const sent = (subject: string, isIdle: boolean) => ({ send: { subject, type: 't', time: 7, data: { isIdle } } });
    expect(log).toEqual([sent('a', false), sent('c', false), sent('a', true), sent('c', true)]);
  });

  it('wakes those whose time has come, and no one else', () => {
    const sleeper = (name: string, at: number) =>
      operator<string, string>(name, () => {
        let wakeAt: number | undefined = at;
        return {
          wakeAt: () => wakeAt,
          onWake: (now, out) => {
            wakeAt = undefined;
            out.send({ subject: name, type: 't', time: now, data: null });
          },
        };
      });
    const { chain, log } = start(fan(fan(sleeper('c', 30), sleeper('a', 10)), sleeper('b', 20)));
    expect(chain.wakeAt()).toBe(10);
    expect(chain.wake(9)).toBe(false);
    expect(chain.wake(15)).toBe(true);
    expect(log).toEqual([{ send: { subject: 'a', type: 't', time: 15, data: null } }]);
    expect(chain.wakeAt()).toBe(20);
  });

  it('calls at once who becomes due by being woken', () => {
    const { chain, log } = start(
      operator<string, string>('woken', () => {
        let due: number | undefined;
        return {
          wakeAt: () => (due === undefined ? 10 : undefined),
          onWake: () => {
            due = 5;
          },
          dueAt: () => due,
          onWatermark: (watermark, out) => {
            out.emit({ id: '', key: '', ts: 0, value: `fired@${watermark}` });
            due = Infinity;
          },
        };
      }),
    );
    chain.advance(5);
    chain.wake(10);
    expect(log).toEqual(['fired@5']);
  });

  it('names the operator that threw, not those it was called by', () => {
    const failing = operator<string, string>('failing', () => ({
      onEvent: () => {
        throw new TypeError('no such field');
      },
    }));
    const { chain } = start(pipe(named('outer'), failing));
    expect(() => chain.event(event('x'))).toThrow(
      /^the operator failing failed: \w+ at engine.core.chain\.test\.ts:\d+$/,
    );
  });

  it('refuses forward() where its id would not follow from the input', () => {
    const message = { subject: 's', type: 't', time: 0, data: null };
    const wrong = operator<string, string>('wrong', () => ({
      dueAt: () => 10,
      onEvent: (_, __, out) => out.forward(message),
      onWatermark: (_, out) => out.forward(message),
    }));
    const { chain, log } = start(wrong);
    chain.event(event('x'));
    expect(log).toEqual([{ forward: message }]);
    expect(() => chain.advance(10)).toThrow(/^the operator wrong failed: Error at \S+chain\.ts:\d+$/);
  });

  it('passes everything else to the outlet', () => {
    const loud = operator<string, string>('loud', () => ({
      onEvent: (_, __, out) => {
        out.show({ topic: 't', key: 'k', value: 1 });
        out.urgent();
        out.count('seen');
        out.count('seen', 2);
      },
    }));
    const { chain, log } = start(loud);
    chain.event(event('x'));
    expect(log).toEqual([{ show: { topic: 't', key: 'k', value: 1 } }, 'urgent', 'seen+1', 'seen+2']);
  });

  it('refuses two operators of one name, and the name it needs itself', () => {
    expect(() => start(pipe(named('a'), named('a')))).toThrow('its name is taken');
    expect(() => start(named('chain'))).toThrow('its name is taken');
  });

  it('survives the end of time', () => {
    const { chain } = start(named('a'));
    chain.advance(END_OF_TIME);
    expect(chain.watermark).toBe(END_OF_TIME);
  });
});

describe('saved state of a chain', () => {
  const holding = (name: string, more: Partial<OperatorDef<string, string>> = {}): OperatorDef<string, string> => ({
    name,
    create: (_context, saved = []) => ({
      onEvent: () => undefined,
      delta: () => (name === 'quiet' ? undefined : { from: name }),
      *snapshot() {
        yield* saved;
        yield name;
      },
      size: () => ({ parts: saved.length }),
    }),
    ...more,
  });

  it('is kept by operator, in order', () => {
    const { chain } = start(pipe(holding('a'), pipe(holding('quiet'), holding('b'))), { a: [1, 2], b: [3], gone: [4] });
    expect(chain.delta()).toEqual({ a: { from: 'a' }, b: { from: 'b' } });
    expect([...chain.snapshot()]).toEqual([
      ['a', 1],
      ['a', 2],
      ['a', 'a'],
      ['quiet', 'quiet'],
      ['b', 3],
      ['b', 'b'],
    ]);
    expect(chain.size()).toEqual({ a: { parts: 2 }, quiet: { parts: 0 }, b: { parts: 1 } });
  });

  it('of another configuration is migrated, or refused (law 8, case 30)', () => {
    const parts = { a: [1] };
    const migrate: OperatorDef<string, string>['migrate'] = (saved, from) => [...saved, ['was', from ?? null]];
    const moved = start(holding('a', { fingerprint: { size: 2 }, migrate }), parts, { a: { size: 1 } });
    expect([...moved.chain.snapshot()]).toEqual([
      ['a', 1],
      ['a', ['was', { size: 1 }]],
      ['a', 'a'],
    ]);
    const same = start(holding('a', { fingerprint: { size: 2 }, migrate }), parts, { a: { size: 2 } });
    expect([...same.chain.snapshot()]).toEqual([
      ['a', 1],
      ['a', 'a'],
    ]);
    expect(() => start(holding('a', { fingerprint: { size: 2 } }), parts, { a: { size: 1 } })).toThrow(
      new EngineError('STATE_MISMATCH', ['a', 'it cannot take over that state']),
    );
  });

  it('is typed from end to end', () => {
    const length = operator<string, number>('length', () => ({}));
    const half = operator<number, number>('half', () => ({}));
    const def: ChainDef<string, number> = pipe(length, half);
    expect(operatorsOf(def)).toHaveLength(2);
    // @ts-expect-error numbers do not go into an operator of strings
    expect(operatorsOf(pipe(half, length))).toHaveLength(2);
  });
});
