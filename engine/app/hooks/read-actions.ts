/** Actions for the hooks that want some, from CX_ACTIONS: those that come from when the first hook wanted any. */
import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { StreamReader } from '../../adapters/streams/stream-reader.ts';
import type { JsonObject, Logger, RawMessage } from '../../core/types.ts';
import { takesAction } from '../../../operators/destinations/matchers.ts';
import { noticeAction } from '../../../operators/notices/action-notices.ts';
import type { Hook } from './hook.ts';
import type { HookDelivery } from './hook-delivery.ts';

/** What came while the engine started. */
const LOOK_BACK_MS = 60_000;

export function wantsActions(hooks: readonly Hook[]): boolean {
  return hooks.some(({ config }) => config.for['action'] !== undefined);
}

/** Resolves when the signal ends it. `after`: undefined where none were read yet. */
export async function readActions(
  hooks: readonly Hook[],
  delivery: HookDelivery,
  after: number | undefined,
  { nc, logger, step }: { readonly nc: NatsConnection; readonly logger: Logger; readonly step: () => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  const from = after === undefined ? { after: 0, from: systemClock.now() - LOOK_BACK_MS } : { after };
  const reader = new StreamReader(nc, { stream: 'CX_ACTIONS', ...from, logger });
  try {
    for (;;) {
      const batch = await reader.next(256, signal);
      if (batch === undefined) return;
      for (const message of batch) take(hooks, delivery, message);
      await step();
    }
  } finally {
    reader.close();
  }
}

function take(
  hooks: readonly Hook[],
  delivery: HookDelivery,
  { subject, headers, data, seq, stored }: RawMessage,
): void {
  const content = parse(data);
  const id = headers['ce-id'] ?? headers['nats-msg-id'] ?? `seq-${seq}`; // somebody else's message
  const action = content === undefined ? undefined : noticeAction(subject, id, content);
  const wanting = action === undefined ? [] : hooks.filter(({ config }) => takesAction(config, action, content));
  delivery.acted(action, seq, stored, new Set(wanting.map(({ config }) => config.id)));
}

/** Somebody else's message on our subject is no action. */
function parse(data: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
