/** `earshot hooks failed` and `earshot hooks replay`: notices that were given up, from the broker, whether or not an engine runs. */
import { hostname, userInfo } from 'node:os';
import { managerOf } from '../../../adapters/nats/jetstream-api.ts';
import { HookStore } from '../../../adapters/hooks/hook-store.ts';
import { stderrLogger } from '../../../adapters/process/log.ts';
import { systemClock } from '../../../adapters/process/system-clock.ts';
import { EngineError } from '../../../core/errors.ts';
import type { HookFailure } from '../../../gateway/gateway-ports.ts';
import type { Config } from '../../config/config.ts';
import { failureOf } from '../../hooks/hook-status.ts';
import { orderReplay, type ReplayOrder } from '../../hooks/replay-orders.ts';
import { messageOrigin } from '../../start/message-origin.ts';
import { gatewayWriter } from '../../start/audit-proof.ts';
import { withBroker } from './broker-session.ts';

export interface FailedNoticeLine extends HookFailure {
  readonly hook: string;
}

/** Of one hook or all, the last first. */
export async function failedNotices(config: Config, hook: string | undefined): Promise<readonly FailedNoticeLine[]> {
  const logger = stderrLogger('pretty');
  const { signal } = new AbortController();
  const { failed } = await withBroker(config, logger, async (nc) => {
    const store = await HookStore.open(nc, config.nats.replicas);
    return store.read(nc, logger, signal);
  });
  return [...failed]
    .filter(([id]) => hook === undefined || id === hook)
    .flatMap(([id, notices]) => notices.map((one) => ({ hook: id, ...failureOf(one) })))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

export function failureLine({
  hook,
  notice,
  kind,
  at,
  rules,
  alerts,
  attempts,
  reason,
  hint,
}: FailedNoticeLine): string {
  const what = `${kind} of ${rules.join(', ')} (${alerts} ${alerts === 1 ? 'alert' : 'alerts'})`;
  return `✕ ${hook} ${notice} ${at} ${what}, ${attempts} attempts\n  ${reason}: ${hint}\n`;
}

/** How many leave once more; who asked for it is in the audit. */
export async function replayNotices(config: Config, order: ReplayOrder): Promise<number> {
  const logger = stderrLogger('pretty');
  return withBroker(config, logger, async (nc) => {
    const replayed = await orderReplay(nc, order);
    const jsm = await managerOf(nc);
    const writer = gatewayWriter(nc, jsm, await messageOrigin(config, nc, jsm, { logger }));
    const what = { hook: order.hook ?? 'all', notice: order.notice ?? 'all', replayed }; // null: all of them
    const entry = {
      action: 'hook.replay',
      outcome: replayed > 0 ? 'done' : 'no effect',
      by: whoRuns(),
      ...what,
    } as const;
    await writer.append([{ entry, at: systemClock.now() }]);
    return replayed;
  });
}

/** Throws USAGE_INVALID unless it says what: a hook, a notice or all. */
export function replayOrder(hook: string | undefined, notice: string | undefined, isAll: boolean): ReplayOrder {
  if (hook === undefined && notice === undefined && !isAll) {
    throw new EngineError('USAGE_INVALID', [
      'name a hook, a notice (--notice) or --all: `earshot hooks failed` lists them',
    ]);
  }
  return { hook: hook ?? null, notice: notice ?? null }; // not named: of every hook, all of them
}

/** Of this machine; it has no token that could say more. */
function whoRuns(): string {
  try {
    return `${userInfo().username} on ${hostname()}`;
  } catch {
    return `somebody on ${hostname()}`; // a user without a name
  }
}
