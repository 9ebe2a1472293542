/** What the pages ask the gateway over HTTP, beside the board's own questions: histories of any key, alerts, rules, silences. */
import type { AlertMessage, KpiMessage, NoticeNote, RuleDescription } from '../../engine/core/wire.ts';
import type { Key } from '../model/kpi-values.ts';
import type { JourneyFunnel } from './funnel-form.ts';
import { NotLetIn, type AckOutcome, type Titles } from './gateway-client.ts';

export interface AlertPast {
  readonly complete: boolean;
  readonly changes: readonly AlertMessage[];
  readonly notices: readonly NoticeNote[];
}
export interface SilenceEntry {
  readonly silence: string;
  readonly match: { readonly rule?: string; readonly kpi?: string; readonly severity?: string; readonly key?: Key };
  readonly until: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}
export interface KpiCourse {
  readonly complete: boolean;
  readonly values: readonly KpiMessage[];
}
/** One of `GET /v1/journeys`. */
export interface JourneyEntry {
  readonly id: string;
  readonly title: Titles;
  /** Dimensions that its funnel can be asked by. */
  readonly dimensions: readonly string[];
  readonly hasFunnel: boolean;
}
/** What is open of one clock, or of one of its groups. */
export interface OpenCount {
  readonly open: number;
  readonly overdue: number;
  readonly paused: number;
  readonly oldest_s: number | null;
  readonly ages: readonly number[];
}
export interface ClockOpen extends OpenCount {
  readonly clock: string;
  readonly title: Titles;
  readonly groups: readonly (OpenCount & { readonly value: string | null })[];
  readonly next: readonly {
    readonly key: string | null;
    readonly kept: Readonly<Record<string, string>>;
    readonly started: string;
    readonly due: string;
  }[];
}
export interface ClocksOpen {
  readonly as_of: string;
  /** The field that groups are of. */
  readonly by: string;
  readonly bounds_s: readonly number[];
  readonly clocks: readonly ClockOpen[];
}
/** One of `GET /v1/voices`. */
export interface VoiceQuote {
  readonly at: string;
  readonly text: string;
  readonly key: Key;
  readonly intensity: string | null;
}
/** `GET /v1/voices/words` */
export interface RisingWords {
  readonly now: { readonly from: string; readonly to: string; readonly n: number };
  readonly before: { readonly from: string; readonly to: string; readonly n: number };
  /** false: too little was heard before to compare with. */
  readonly is_enough: boolean;
  readonly words: readonly {
    readonly word: string;
    readonly n: number;
    readonly before: number;
    readonly times: number | null;
  }[];
}
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type VoicesAbout = { readonly issue: string } | { readonly word: string };

export interface PageClient {
  /** `everyMs`: one window in each such span; null: every window. */
  course(kpi: string, key: Key, span: Span, everyMs: number | null): Promise<KpiCourse>;
  /** `alert`: of this one alone. */
  past(span: Span, alert: string | null): Promise<AlertPast>;
  rules(): Promise<readonly RuleDescription[]>;
  /** Events that were taken in, of all partitions; null: it is not said to whom asks. */
  eventsIn(): Promise<number | null>;
  silences(): Promise<readonly SilenceEntry[]>;
  /** `ages`: bounds, such as `1h,4h,1d,3d`. */
  clocks(ages: string, by: string): Promise<ClocksOpen>;
  /** Of every key. */
  courses(kpi: string, span: Span, everyMs: number): Promise<KpiCourse>;
  /** What was said last of an issue or with a word, within a slice. */
  voices(about: VoicesAbout, where: Key, limit: number): Promise<readonly VoiceQuote[]>;
  /** What customers use more than in the hour before, within a slice. */
  risingWords(where: Key, limit: number): Promise<RisingWords>;
  journeys(): Promise<readonly JourneyEntry[]>;
  /** Of journeys that ended in the span. */
  funnel(journey: string, key: Key, span: Span): Promise<JourneyFunnel>;
  ack(alert: string, name: string, note: string): Promise<AckOutcome>;
  unack(alert: string): Promise<AckOutcome>;
  silence(match: SilenceEntry['match'], until: number, name: string, reason: string): Promise<AckOutcome>;
  endSilence(id: string): Promise<AckOutcome>;
}

/** @param base the folder that the overview lies in. */
export function pageClient(base: string, request = fetch): PageClient {
  const get = async (path: string, query: readonly (readonly [string, string])[] = []): Promise<unknown> => {
    const url = new URL(path, base);
    for (const [name, value] of query) url.searchParams.append(name, value);
    const response = await request(url, { headers: { accept: 'application/json' } });
    if (response.status === 401 || response.status === 403) throw new NotLetIn(`${path} answered ${response.status}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
  const decide = async (method: string, path: string, body?: unknown): Promise<AckOutcome> => {
    try {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const how = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const { ok, status } = await request(new URL(path, base), how);
      if (status === 401 || status === 403) return 'forbidden';
      return ok ? 'done' : 'failed';
    } catch {
      return 'failed'; // shown beside the button
    }
  };
  const ackPath = (alert: string): string => `v1/alerts/${encodeURIComponent(alert)}/ack`;
  return {
    async course(kpi, key, { from, to }, everyMs) {
      const every = everyMs === null ? [] : [['every', `${everyMs}ms`] as const];
      const query = [...rangeOf(from, to), ...keysOf(key), ...every];
      const answer = await get(`v1/kpis/${encodeURIComponent(kpi)}/history`, query);
      return { complete: field(answer, 'complete') !== false, values: list(answer, 'values').filter(isKpi) };
    },
    async past({ from, to }, alert) {
      const one = alert === null ? [] : [['alert', alert] as const];
      const answer = await get('v1/alerts/history', [...rangeOf(from, to), ...one]);
      return {
        complete: field(answer, 'complete') !== false,
        changes: list(answer, 'changes').filter(isAlert),
        notices: list(answer, 'notices') as readonly NoticeNote[],
      };
    },
    eventsIn: async () => countIn(await get('v1/status')),
    rules: async () => list(await get('v1/rules'), '') as readonly RuleDescription[],
    silences: async () => list(await get('v1/silences'), 'silences') as readonly SilenceEntry[],
    async clocks(ages, by) {
      const answer = await get('v1/clocks', [['ages', ages] as const, ['by', by] as const]);
      const isWhole = Array.isArray(field(answer, 'clocks')) && list(answer, 'bounds_s').length > 0;
      if (!isWhole) throw new Error('an answer without clocks or bounds of ages');
      return answer as ClocksOpen;
    },
    async courses(kpi, { from, to }, everyMs) {
      const query = [...rangeOf(from, to), ['key', '*'] as const, ['every', `${everyMs}ms`] as const];
      const answer = await get(`v1/kpis/${encodeURIComponent(kpi)}/history`, query);
      return { complete: field(answer, 'complete') !== false, values: list(answer, 'values').filter(isKpi) };
    },
    ...voicesClient(get),
    journeys: async () => list(await get('v1/journeys'), 'journeys') as readonly JourneyEntry[],
    async funnel(journey, key, { from, to }) {
      const answer = await get(`v1/journeys/${encodeURIComponent(journey)}`, [...rangeOf(from, to), ...keysOf(key)]);
      if (list(answer, 'steps').length === 0) throw new Error('a funnel without steps');
      return answer as JourneyFunnel;
    },
    ack: (alert, name, note) => decide('POST', ackPath(alert), filled({ name, note })),
    unack: (alert) => decide('DELETE', ackPath(alert)),
    silence: (match, until, name, reason) =>
      decide('POST', 'v1/silences', { match, until: new Date(until).toISOString(), reason, ...filled({ name }) }),
    endSilence: (id) => decide('DELETE', `v1/silences?id=${encodeURIComponent(id)}`),
  };
}

type Get = (path: string, query?: readonly (readonly [string, string])[]) => Promise<unknown>;
function voicesClient(get: Get): Pick<PageClient, 'voices' | 'risingWords'> {
  return {
    async voices(about, where, limit) {
      const query = [...Object.entries(about), ['limit', String(limit)] as const, ...keysOf(where)];
      return list(await get('v1/voices', query), 'voices') as readonly VoiceQuote[];
    },
    async risingWords(where, limit) {
      const answer = await get('v1/voices/words', [['limit', String(limit)] as const, ...keysOf(where)]);
      if (!Array.isArray(field(answer, 'words'))) throw new Error('an answer without words');
      return answer as RisingWords;
    },
  };
}

function keysOf(key: Key): readonly (readonly [string, string])[] {
  return Object.entries(key).map(([dimension, value]) => ['key', `${dimension}:${value}`] as const);
}
function rangeOf(from: number, to: number): readonly (readonly [string, string])[] {
  return [
    ['from', new Date(from).toISOString()],
    ['to', new Date(to).toISOString()],
  ];
}
function filled(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
/** A bare list, or one under a name. */
function list(value: unknown, name: string): readonly unknown[] {
  const found = Array.isArray(value) ? value : field(value, name);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
function countIn(status: unknown): number | null {
  const counts = list(status, 'partitions').map((partition) => field(field(partition, 'counters'), 'events_in'));
  const known = counts.filter((count) => typeof count === 'number');
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}
function isKpi(value: unknown): value is KpiMessage {
  return typeof field(value, 'window') === 'object' && typeof field(value, 'n') === 'number';
}
function isAlert(value: unknown): value is AlertMessage {
  return typeof field(value, 'alert') === 'string' && typeof field(value, 'key') === 'object';
}
