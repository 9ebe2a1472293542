/**
 * The hooks of an engine, in a thread of their own: it is told what the board knows of silences, and reports how the hooks do. A
 * thread that fails is followed by another, which goes on where it was: what hooks do is stored.
 */
import { reasonOf } from '../../../core/errors.ts';
import type { Logger, Millis } from '../../../core/types.ts';
import type { NoticeNote } from '../../../core/wire.ts';
import type { BoardAlerts } from '../../../live/board-alerts.ts';
import { hookStatus } from '../hook-status.ts';
import type { FromHookThread, HookReport, HookThreadData } from './hook-thread-messages.ts';
import { Questions } from './questions.ts';
import type { HookThread, OpenHookThread } from './open-hook-thread.ts';
import { SilencedChanges } from './silenced-alerts.ts';

/** The board, as far as hooks have to know of it. */
export interface WatchedBoard {
  /** Rises with each change. */
  readonly seq: number;
  readonly alerts: Pick<BoardAlerts, 'isComplete' | 'values'>;
}

export interface HookThreadContext {
  readonly open: OpenHookThread;
  readonly board: WatchedBoard;
  /** For as long as this instance tells of alerts. */
  readonly onTelling: (signal: AbortSignal) => void;
  readonly onTroubles: (troubles: readonly string[]) => void;
  readonly pause: (ms: Millis, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface RunningHooks {
  readonly report: () => HookReport;
  /** What each hook made of an open alert; none while another instance tells. */
  readonly notes: (alert: string) => Promise<readonly NoticeNote[]>;
  /** Resolves when nothing is under way any more. */
  readonly done: Promise<void>;
}

/** A silence counts as soon. */
const LOOK_MS: Millis = 100;
const RESTART_MS: Millis = 1000;
/** So long a thread has to end; what it was at then is repeated under the same id, as after a crash. */
const END_MS: Millis = 5000;

export function runHooks(data: HookThreadData, context: HookThreadContext): RunningHooks {
  const { logger, signal } = context;
  const standby: HookReport = {
    statuses: hookStatus(data.parts.hooks, null),
    ...{ families: [], troubles: [], isTelling: false },
  };
  let latest = standby;
  let telling: AbortController | null = null;
  const take = (report: HookReport): void => {
    latest = report;
    context.onTroubles(report.troubles);
    if (report.isTelling === (telling !== null)) return;
    telling?.abort(new Error('another tells of alerts'));
    telling = report.isTelling ? new AbortController() : null;
    if (telling !== null) context.onTelling(telling.signal);
  };
  const questions = new Questions();
  const onMessage = (message: FromHookThread): void => {
    switch (message.kind) {
      case 'report':
        return take(message.report);
      case 'notes':
        return questions.answer(message.id, message.notes);
      case 'log':
        return logger[message.level](message.message, message.fields);
    }
  };
  const run = async (): Promise<void> => {
    const isEnding = (): boolean => signal.aborted;
    while (!isEnding()) {
      try {
        const thread = context.open(data, onMessage);
        questions.to(thread);
        await runOne(thread, context);
      } catch (error) {
        const what = isEnding() ? 'did not end in time' : 'has failed, another goes on';
        logger.error(`the thread of the hooks ${what}`, { reason: reasonOf(error) });
        await context.pause(RESTART_MS, signal).catch(() => undefined); // it is to end
      } finally {
        questions.to(null);
        take(standby);
      }
    }
  };
  return { report: () => latest, notes: (alert) => questions.ask(alert), done: run() };
}

/** Until the thread has ended. */
async function runOne(thread: HookThread, { board, pause, signal }: HookThreadContext): Promise<void> {
  const changes = new SilencedChanges();
  let [seen, wasComplete] = [-1, false];
  const look = (): void => {
    const { isComplete } = board.alerts;
    if (board.seq === seen && isComplete === wasComplete) return;
    [seen, wasComplete] = [board.seq, isComplete];
    thread.postMessage({ kind: 'board', isComplete, changes: changes.take(board.alerts.values()) });
  };
  const ended = new AbortController();
  const end = (): void => {
    thread.postMessage({ kind: 'end' });
    pause(END_MS, ended.signal).then(
      () => thread.kill(),
      () => undefined, // it has ended
    );
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    await thread.ended;
  } finally {
    clearInterval(timer);
    ended.abort(new Error('ended'));
    signal.removeEventListener('abort', end);
  }
}
