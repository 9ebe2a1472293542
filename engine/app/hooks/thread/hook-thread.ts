/**
 * What runs in the thread of the hooks: everything that tells of alerts, from reading CX_ALERTS to the receivers' answers, over a
 * connection of its own. However much there is to tell, KPIs and boards do not wait for it.
 */
import { connectNats, connectionState } from '../../../adapters/nats/nats-connection.ts';
import type { ThreadPort } from '../../../adapters/process/open-thread.ts';
import { loggerTo } from '../../../adapters/process/thread-log.ts';
import { configuredHooks } from '../configured-hooks.ts';
import type { HookDelivery } from '../hook-delivery.ts';
import { deliveryFamilies, hookStatus, noticeNotes } from '../hook-status.ts';
import { startHooks } from '../start-hooks.ts';
import type { FromHookThread, HookReport, HookThreadData, ToHookThread } from './hook-thread-messages.ts';
import { SilencedAlerts } from './silenced-alerts.ts';

export type HookPort = ThreadPort<ToHookThread, FromHookThread>;

/** What changed is reported so often. */
const REPORT_MS = 250;

/** Resolves when it was told to end and nothing is under way any more. */
export async function runHookThread(port: HookPort, data: HookThreadData): Promise<void> {
  const { parts, links, inhibit, broker, isAlone, owner, replicas } = data;
  const ending = new AbortController();
  const { signal } = ending;
  const logger = loggerTo(port);
  let delivery = (): HookDelivery | null => null; // nothing runs yet
  const board = { isComplete: false, silenced: new SilencedAlerts() };
  port.on('message', (message) => {
    switch (message.kind) {
      case 'board':
        board.silenced.change(message.changes);
        board.isComplete = message.isComplete;
        return;
      case 'ask_notes':
        port.postMessage({ kind: 'notes', id: message.id, notes: noticeNotes(delivery(), message.alert) });
        return;
      case 'end':
        ending.abort(new Error('stopping'));
        return;
    }
  });
  const nc = await connectNats(broker, logger, { name: 'earshot-hooks', signal }).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  if (nc === null) return;
  const running = startHooks(() => configuredHooks(parts, links), {
    ...{ nc, isAlone, owner, replicas, inhibit, logger, signal },
    overlayOf: (alert) => board.silenced.of(alert),
    isJudging: () => board.isComplete,
  });
  delivery = () => running.delivery();
  const state = connectionState(nc);
  const reporting = reportTo(port, () => {
    const at = delivery();
    const refused = state.refused();
    return {
      statuses: hookStatus(parts.hooks, at),
      families: deliveryFamilies(at),
      troubles: [...(refused === undefined ? [] : [refused]), ...state.troubles()],
      isTelling: at !== null,
    };
  });
  const timer = setInterval(reporting, REPORT_MS);
  await running.done;
  clearInterval(timer);
  reporting();
  await nc.close();
}

/** Reports what differs from the last report. */
function reportTo(port: HookPort, of: () => HookReport): () => void {
  let last = '';
  return () => {
    const report = of();
    const text = JSON.stringify(report);
    if (text === last) return;
    last = text;
    port.postMessage({ kind: 'report', report });
  };
}
