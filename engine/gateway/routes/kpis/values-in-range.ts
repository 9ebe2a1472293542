/** Values of a KPI over a range, for who may see them: what the board remembers, and where that is not all, the stream. */
import type { Millis } from '../../../core/types.ts';
import type { KpiMessage } from '../../../core/wire.ts';
import { type Filter, passes, visibleKpi } from '../../../live/filter.ts';
import type { Hub } from '../../../live/hub.ts';
import { cellIdOf } from '../../../live/live-board.ts';
import { replaces } from '../../../live/replaces.ts';
import type { HistoryQuery } from '../../gateway-ports.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';

const MAX_VALUES = 10_000;
/** Without `from`: so far back, or as far as the board remembers. */
const DEFAULT_RANGE_MS: Millis = 3_600_000;
/** A course shorter than this is asked of the stream too: the process is young. */
const ENOUGH_POINTS = 30;
const HISTORY_TIMEOUT_MS: Millis = 5_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** `key`: null: every key. An answer where they cannot be read now. */
export async function kpiValues(
  context: RouteContext,
  kpi: string,
  key: Record<string, string> | null,
  asked: Range,
  filter: Filter,
): Promise<{ readonly values: readonly KpiMessage[]; readonly complete: boolean } | HttpAnswer> {
  const { hub, ports } = context;
  const known = remembered(hub, kpi, key, filter, asked);
  let { values, complete } = known;
  if (!complete && ports.history !== undefined) {
    const from = asked.from ?? Math.min(asked.to, known.newest ?? hub.options.now()) - DEFAULT_RANGE_MS;
    const every = asked.every === undefined ? {} : { every: asked.every };
    const stored = await read(context, { kpi, key, from, to: asked.to, limit: MAX_VALUES, ...every });
    if ('status' in stored) return stored;
    values = merged(allowed(stored, filter), values);
    complete = stored.length < MAX_VALUES;
  }
  if (asked.every !== undefined) values = lastOfEach(values, asked.every);
  if (values.length <= MAX_VALUES) return { values, complete };
  return { values: values.slice(-MAX_VALUES), complete: false };
}

/** From the stream, when those before it are read; an answer where it cannot be read now. */
async function read(
  { ports, histories }: RouteContext,
  query: HistoryQuery,
): Promise<readonly KpiMessage[] | HttpAnswer> {
  const signal = AbortSignal.timeout(HISTORY_TIMEOUT_MS);
  try {
    const values = await histories.pass(async () => {
      signal.throwIfAborted();
      return (await ports.history?.(query, signal)) ?? [];
    });
    if (typeof values !== 'string') return values;
    const limit = 'http.limits.histories';
    const message = `too many histories are asked for at once (${limit})`;
    return errorAnswer('overloaded', message, { limit }, { 'retry-after': '2' });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return errorAnswer('not_ready', 'the stream of values cannot be read in time', {}, { 'retry-after': '5' });
  }
}

export interface Range {
  readonly from: Millis | undefined;
  readonly to: Millis;
  /** Of each such span the window that ends last. */
  readonly every?: Millis;
}
/** 9999-12-31: the last instant RFC 3339 can write. */
export const FAR: Millis = 253_402_300_799_999;

export function rangeOf(query: URLSearchParams): Range | HttpAnswer {
  const from = instantOf(query.get('from'));
  const to = instantOf(query.get('to'));
  if (from === undefined || to === undefined) {
    return errorAnswer('invalid', 'from and to are RFC 3339 instants, e.g. 2026-03-02T09:15:00Z');
  }
  if (from !== null && to !== null && from >= to) return errorAnswer('invalid', 'from lies before to');
  return { from: from ?? undefined, to: to ?? FAR };
}

/** null: not given; undefined: not an instant. */
function instantOf(text: string | null): Millis | null | undefined {
  if (text === null || text === '') return null;
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

interface Remembered {
  readonly values: readonly KpiMessage[];
  /** Nothing of the range is missing. */
  readonly complete: boolean;
  readonly newest: Millis | undefined;
}

function remembered(
  hub: Hub,
  kpi: string,
  key: Record<string, string> | null,
  filter: Filter,
  range: Range,
): Remembered {
  const one = key === null ? undefined : hub.board.cell(kpi, key);
  const cells = key === null ? [...hub.board.cellsOf(kpi)] : one === undefined ? [] : [one];
  const values: KpiMessage[] = [];
  let complete = cells.length > 0;
  let newest: Millis | undefined;
  for (const { series, message } of cells) {
    if (!passes(filter, message.key)) continue;
    const covers = series?.coversFrom;
    if (series === undefined || covers === undefined) {
      complete = false;
      continue;
    }
    if (range.from === undefined ? series.length < ENOUGH_POINTS : covers > range.from) complete = false;
    values.push(...series.between(kpi, message.key, range.from ?? 0, range.to)); // from the first there is
    newest = Math.max(newest ?? 0, Date.parse(message.window.end)); // the first of them
  }
  return { values, complete, newest };
}

function allowed(messages: readonly KpiMessage[], filter: Filter): KpiMessage[] {
  return messages.filter(({ key }) => passes(filter, key)).map((message) => visibleKpi(filter, message));
}

/** Of each span the value whose window ends last, key by key. */
function lastOfEach(values: readonly KpiMessage[], every: Millis): readonly KpiMessage[] {
  const last = new Map<string, KpiMessage>();
  for (const value of values) {
    const end = Date.parse(value.window.end);
    const id = `${cellIdOf(value.key)} ${Math.floor(end / every)}`;
    const known = last.get(id);
    if (known === undefined || Date.parse(known.window.end) <= end) last.set(id, value);
  }
  return [...last.values()];
}

/** One value a key and window, the one that stands; in the order of keys and then of time. */
function merged(stored: readonly KpiMessage[], live: readonly KpiMessage[]): KpiMessage[] {
  const windows = new Map<string, KpiMessage>();
  for (const message of [...stored, ...live]) {
    const id = `${cellIdOf(message.key)} ${message.window.end} ${message.window.start}`;
    const known = windows.get(id);
    if (known === undefined || replaces(message, known)) windows.set(id, message);
  }
  return [...windows]
    .filter(([, message]) => message.retracted !== true)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, message]) => message);
}
