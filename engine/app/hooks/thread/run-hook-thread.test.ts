/** A thread of hooks as its engine sees it: what it is told, what becomes of its reports, and that one that fails is followed by another. */
import { expect, it, vi } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import type { FromHookThread, HookReport, HookThreadData, ToHookThread } from './hook-thread-messages.ts';
import { runHooks, type RunningHooks } from './run-hook-thread.ts';

const DATA: HookThreadData = {
  parts: { hooks: [], calendars: [], time: { zone: 'UTC' } },
  links: { publicUrl: null, keys: [] },
  ...{ inhibit: [], broker: { servers: [] }, isAlone: true, owner: 'me', replicas: 1 },
};
const REPORT: HookReport = { statuses: [], families: [], troubles: [], isTelling: true };

class Thread {
  readonly heard: ToHookThread[] = [];
  readonly say: (message: FromHookThread) => void;
  readonly ended: Promise<void>;
  end = (): void => undefined;
  /** Hangs: it does not end when it is told to. */
  hangs = false;
  fail = (_error: Error): void => undefined;

  constructor(say: (message: FromHookThread) => void) {
    this.say = say;
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  postMessage(message: ToHookThread): void {
    this.heard.push(message);
    if (message.kind === 'end' && !this.hangs) this.end();
  }

  kill(): void {
    this.fail(new Error('killed'));
  }
}

function start(): {
  readonly running: RunningHooks;
  readonly threads: Thread[];
  readonly board: { seq: number; alerts: { isComplete: boolean; values: () => MapIterator<AlertMessage> } };
  readonly telling: AbortSignal[];
  readonly troubles: string[];
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly end: () => Promise<void>;
  readonly alerts: Map<string, AlertMessage>;
} {
  const threads: Thread[] = [];
  const alerts = new Map<string, AlertMessage>();
  const board = { seq: 0, alerts: { isComplete: false, values: () => alerts.values() } };
  const telling: AbortSignal[] = [];
  const troubles: string[] = [];
  const logger = recordingLogger();
  const ending = new AbortController();
  const running = runHooks(DATA, {
    open: (_data, onMessage) => {
      const thread = new Thread(onMessage);
      threads.push(thread);
      return thread;
    },
    board,
    onTelling: (signal) => telling.push(signal),
    onTroubles: (now) => troubles.splice(0, troubles.length, ...now),
    pause: () => Promise.resolve(),
    logger,
    signal: ending.signal,
  });
  const end = async (): Promise<void> => {
    ending.abort(new Error('stopping'));
    await running.done;
  };
  return { running, threads, board, telling, troubles, logger, end, alerts };
}

const thread = (threads: readonly Thread[], index: number): Promise<Thread> =>
  vi.waitFor(() => threads[index] ?? Promise.reject(new Error('no thread yet')), 30_000);

it('tells the thread what the board knows, at once and when it changes, also when it only becomes complete', async () => {
  const { threads, board, alerts, end } = start();
  const { heard } = await thread(threads, 0);
  expect(heard).toEqual([{ kind: 'board', isComplete: false, changes: [] }]);
  alerts.set('a', alertMessage('a', { silenced: true }));
  board.seq = 1;
  await vi.waitFor(
    () => expect(heard[1]).toEqual({ kind: 'board', isComplete: false, changes: [['a', true]] }),
    30_000,
  );
  board.alerts.isComplete = true;
  await vi.waitFor(() => expect(heard[2]).toEqual({ kind: 'board', isComplete: true, changes: [] }), 30_000);
  await end();
  expect(heard.slice(3)).toEqual([{ kind: 'end' }]);
});

it('another thread follows one that fails, told everything again; what the first did for others ends with it', async () => {
  const { running, threads, board, alerts, telling, troubles, logger, end } = start();
  alerts.set('a', alertMessage('a', { silenced: true }));
  board.seq = 1;
  const first = await thread(threads, 0);
  first.say({ kind: 'report', report: { ...REPORT, troubles: ['it is refused'] } });
  first.say({ kind: 'report', report: { ...REPORT, troubles: ['it is refused'] } });
  expect(running.report().isTelling).toBe(true);
  expect(telling.map(({ aborted }) => aborted)).toEqual([false]);
  expect(troubles).toEqual(['it is refused']);
  first.fail(new Error('out of memory'));
  const second = await thread(threads, 1);
  expect(telling.map(({ aborted }) => aborted)).toEqual([true]);
  expect(troubles).toEqual([]);
  expect(running.report().isTelling).toBe(false);
  expect(second.heard).toEqual([{ kind: 'board', isComplete: false, changes: [['a', true]] }]);
  expect(JSON.stringify(logger)).toContain('out of memory');
  await end();
  expect(threads).toHaveLength(2);
});

it('a thread that does not end in time is killed: a stop does not wait for it', async () => {
  const { threads, end } = start();
  const first = await thread(threads, 0);
  first.hangs = true;
  await end();
  await expect(first.ended).rejects.toThrow('killed');
  expect(threads).toHaveLength(1);
});

it('what is asked is answered by the thread, by nothing where it fails', async () => {
  const { running, threads, end } = start();
  const first = await thread(threads, 0);
  const notes = [{ hook: 'oncall', kind: 'slack', state: 'delivered', first: null, last: null, escalated: 0 }] as const;
  const [answered, unanswered] = [running.notes('a'), running.notes('b')];
  expect(first.heard.slice(1)).toEqual([
    { kind: 'ask_notes', id: 0, alert: 'a' },
    { kind: 'ask_notes', id: 1, alert: 'b' },
  ]);
  first.say({ kind: 'notes', id: 0, notes });
  expect(await answered).toEqual(notes);
  first.fail(new Error('gone'));
  expect(await unanswered).toEqual([]);
  await end();
  expect(await running.notes('a')).toEqual([]);
});

it('what the thread logs is logged, at its level', async () => {
  const { threads, logger, end } = start();
  const { say } = await thread(threads, 0);
  say({ kind: 'log', level: 'warn', message: 'a notice was not delivered', fields: { hook: 'oncall' } });
  expect(JSON.stringify(logger)).toMatch(/warn.*a notice was not delivered.*oncall/);
  await end();
});
