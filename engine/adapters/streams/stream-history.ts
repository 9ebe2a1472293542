/** What lies in an output stream already: the values of a KPI between two times, the last messages of a kind. */
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../nats/jetstream-api.ts';
import { parseInstant } from '../../core/cloud-events.ts';
import type { Logger, Millis, RawMessage } from '../../core/types.ts';
import type { KpiMessage } from '../../core/wire.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { readToEnd } from './stream-reader.ts';

export interface HistoryQuery {
  readonly kpi: string;
  /** Windows that end in `[from, to)`. */
  readonly from: Millis;
  readonly to: Millis;
  /** Dimensions a value must have, exactly these; left out: every key. */
  readonly key?: Readonly<Record<string, string>>;
  /** Of each such span the window that ends last; left out: every window. */
  readonly every?: Millis;
  /** Most values given back; the latest are kept. */
  readonly limit?: number;
}

export interface History {
  /** The last revision of each window, key by key, oldest first; without `detail`. */
  readonly values: readonly KpiMessage[];
  /** False: there was more than the limits allow to read or to give back. */
  readonly isComplete: boolean;
}

export interface HistoryOptions {
  readonly logger: Logger;
  readonly stream?: string;
  /** Most messages read for one answer. */
  readonly maxRead?: number;
  /** A window's value is stored at its end or later, by the wall clock: except for events that far ahead of it. */
  readonly maxFutureMs?: Millis;
}

/** Reads the final values of one KPI. */
export async function kpiHistory(
  nc: NatsConnection,
  query: HistoryQuery,
  options: HistoryOptions,
  signal: AbortSignal,
): Promise<History> {
  const limit = query.limit ?? 10_000;
  const maxRead = options.maxRead ?? 500_000;
  const latest = new Map<string, Dated>();
  let read = 0;
  const reached = { maxRead: false, limit: false };
  const reading = {
    stream: options.stream ?? 'CX_KPI',
    filter: `cx.kpi.${query.kpi}`,
    after: 0,
    from: query.from - (options.maxFutureMs ?? 300_000) - 1000,
    logger: options.logger,
  };
  await readToEnd(nc, reading, signal, (batch) => {
    for (const { data } of batch) {
      read += 1;
      const value = parseKpi(data);
      if (value === undefined || !value.final || !isWanted(value, query)) continue;
      const id = `${spanOf(value, query.every)} ${keyText(value.key)}`;
      const known = latest.get(id);
      if (known !== undefined && isOlder(value, known)) continue;
      if (value.retracted === true) latest.delete(id);
      else latest.set(id, value);
      // Memory stays bounded: beyond twice the limit the oldest windows go.
      if (latest.size > 2 * limit) {
        reached.limit = true;
        for (const [old] of [...latest].sort(byEnd).slice(0, latest.size - limit)) latest.delete(old);
      }
    }
    if (read < maxRead) return undefined;
    reached.maxRead = true;
    return false;
  });
  const isComplete = !reached.maxRead && !reached.limit && latest.size <= limit;
  const kept = [...latest].sort(byEnd).slice(-limit);
  return { values: kept.sort(byKey).map(([, value]) => bare(value)), isComplete };
}

/** What stands for one point: a window, or the span that it ends in. */
function spanOf({ window, endsAt }: Dated, every: Millis | undefined): string {
  return every === undefined ? `${window.start} ${window.end}` : String(Math.floor(endsAt / every));
}
/** Of an earlier window, or of the same and said before. */
function isOlder(value: Dated, known: Dated): boolean {
  return value.endsAt < known.endsAt || (value.endsAt === known.endsAt && value.revision < known.revision);
}

type Dated = KpiMessage & { readonly endsAt: Millis };

function bare({ endsAt: _endsAt, detail: _detail, ...value }: Dated): KpiMessage {
  return value;
}

function byEnd(a: readonly [string, Dated], b: readonly [string, Dated]): number {
  return a[1].endsAt - b[1].endsAt;
}

function byKey(a: readonly [string, Dated], b: readonly [string, Dated]): number {
  const [one, other] = [keyText(a[1].key), keyText(b[1].key)];
  return one === other ? byEnd(a, b) : one < other ? -1 : 1;
}

function parseKpi(data: Uint8Array): Dated | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    if (!isKpiMessage(value)) return undefined;
    const endsAt = parseInstant(value.window.end);
    return endsAt === null ? undefined : { ...value, endsAt };
  } catch {
    return undefined; // somebody else's message on our subject: no value to show
  }
}

function isKpiMessage(value: unknown): value is KpiMessage {
  if (!isObject(value)) return false;
  const { window, key, final, revision } = value;
  const isWindow = isObject(window) && typeof window['start'] === 'string' && typeof window['end'] === 'string';
  return isWindow && isObject(key) && typeof final === 'boolean' && typeof revision === 'number';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWanted(value: Dated, { from, to, key }: HistoryQuery): boolean {
  return value.endsAt >= from && value.endsAt < to && (key === undefined || keyText(value.key) === keyText(key));
}

function keyText(key: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The last messages of a stream whose subject fits the filter, oldest first; looks back over at most `maxBack` messages. */
export async function recentMessages(
  nc: NatsConnection,
  query: { readonly stream: string; readonly filter: string; readonly max: number; readonly maxBack?: number },
  logger: Logger,
  signal: AbortSignal,
): Promise<readonly RawMessage[]> {
  const jsm = await managerOf(nc, { timeout: 2000 });
  const { state } = await answerOf(nc, jsm.streams.info(query.stream));
  const maxBack = query.maxBack ?? 200_000;
  // Streams are read forwards only: begin ever further back until there is enough.
  for (let back = 2 * query.max; ; back *= 8) {
    const after = Math.max(0, state.first_seq - 1, state.last_seq - Math.min(back, maxBack));
    let found: RawMessage[] = [];
    await readToEnd(nc, { stream: query.stream, filter: query.filter, after, logger }, signal, (batch) => {
      for (const message of batch) found.push(message);
      if (found.length > 2 * query.max) found = found.slice(-query.max);
      return undefined;
    });
    const isAll = after < state.first_seq || back >= maxBack;
    if (found.length >= query.max || isAll) return found.slice(-query.max);
  }
}
