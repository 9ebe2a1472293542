/** What became of alerts: their changes of state as CX_ALERTS keeps them, so that they survive a restart and a new board. */
import type { NatsConnection } from '@nats-io/transport-node';
import { parseInstant } from '../../core/cloud-events.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { readToEnd } from './stream-reader.ts';

export interface AlertHistoryQuery {
  /** Changes that took place in `[from, to)`. */
  readonly from: Millis;
  readonly to: Millis;
  /** Of one rule; null: of all. */
  readonly rule: string | null;
  /** Of one alert; null: of all. */
  readonly alert: string | null;
  /** Most changes given back; the latest are kept. */
  readonly limit: number;
}
export interface AlertHistory {
  /** Oldest first. */
  readonly changes: readonly AlertMessage[];
  /** False: there was more than is given back. */
  readonly isComplete: boolean;
}

/** A change is stored when it takes place or later, by the wall clock: except for events that far ahead of it. */
const MAX_FUTURE_MS: Millis = 300_000;

export async function alertHistory(
  nc: NatsConnection,
  query: AlertHistoryQuery,
  logger: Logger,
  signal: AbortSignal,
): Promise<AlertHistory> {
  let found: AlertMessage[] = [];
  const reached = { limit: false };
  const reading = {
    stream: 'CX_ALERTS',
    filter: query.rule === null ? 'cx.alerts.>' : `cx.alerts.*.${query.rule}`,
    after: 0,
    from: query.from - MAX_FUTURE_MS,
    logger,
  };
  await readToEnd(nc, reading, signal, (batch) => {
    for (const { data } of batch) {
      const message = parseAlert(data);
      if (message !== undefined && isWanted(message, query)) found.push(message);
    }
    // Memory stays bounded: beyond twice the limit the oldest go.
    if (found.length > 2 * query.limit) {
      found = found.slice(-query.limit);
      reached.limit = true;
    }
    return undefined;
  });
  return { changes: found.slice(-query.limit), isComplete: !reached.limit && found.length <= query.limit };
}

function isWanted(message: AlertMessage, { from, to, alert }: AlertHistoryQuery): boolean {
  const at = parseInstant(message.at);
  return at !== null && at >= from && at < to && (alert === null || message.alert === alert);
}

function parseAlert(data: Uint8Array): AlertMessage | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    return isAlert(value) ? value : undefined;
  } catch {
    return undefined; // somebody else's message on our subject: no alert to show
  }
}

function isAlert(value: unknown): value is AlertMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { alert, key, at, state } = value as Record<string, unknown>;
  const isKey = typeof key === 'object' && key !== null;
  return typeof alert === 'string' && isKey && typeof at === 'string' && typeof state === 'string';
}
