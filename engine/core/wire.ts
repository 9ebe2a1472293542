/**
 * What wall-boards and the gateway say to each other on `/v1/live`, and the shapes that also leave on NATS (docs/reference/messages.md).
 * With compact/ all that the dashboards share with the engine: no import beyond types.
 */
import type { Json } from './types.ts';

export type { Json };

/** v2 says the same in fewer bytes (compact/compact-form.ts). */
export const PROTOCOLS = ['earshot.v1.json', 'earshot.v1.msgpack', 'earshot.v2.msgpack'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Instants are RFC 3339 UTC with milliseconds. */
export interface KpiMessage {
  readonly kpi: string;
  readonly key: Readonly<Record<string, string>>;
  readonly window: { readonly start: string; readonly end: string };
  readonly value: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly revision: number;
  readonly final: boolean;
  readonly watermark: string;
  /** The KPI joined only after this window had begun: the value may lack events. */
  readonly partial?: boolean;
  readonly retracted?: boolean;
  readonly detail?: Json;
}

/** Who took charge of an alert. */
export interface Acknowledgement {
  readonly by: string;
  readonly at: string;
  /** The hook through which they said so; left out: the board or the API. */
  readonly via?: string;
  /** What they wrote, masked; left out: nothing. */
  readonly note?: string;
}

export type AlertState = 'pending' | 'firing' | 'recovering' | 'resolved';
export interface AlertMessage {
  /** Stable id of the episode. */
  readonly alert: string;
  readonly rule: string;
  readonly kpi: string;
  readonly key: Readonly<Record<string, string>>;
  readonly state: AlertState;
  readonly previous: AlertState | null;
  readonly value: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  /** The `fire` expression. */
  readonly threshold: string;
  readonly window: { readonly start: string; readonly end: string };
  /** When the breach began (event time). */
  readonly since: string;
  /** When this change took place (event time). */
  readonly at: string;
  /** A sentence. */
  readonly reason: string;
  /** The same in Chinese. */
  readonly reason_zh?: string;
  /** The rule's title. */
  readonly title?: { readonly 'zh-CN': string; readonly en: string };
  /** How often a recovery did not hold in this episode. */
  readonly flaps?: number;
  readonly causes: readonly AlertCause[];
  readonly samples: readonly string[];
  readonly owner: string | null;
  readonly runbook: string | null;
  readonly severity: string;
  readonly acked: Acknowledgement | null;
  readonly silenced: boolean;
}
/**
 * A finer key of the same KPI that explains the breach: its share of n (0…1), its value, and how far it moves the total:
 * by how much the total would change if this key were like the whole; for counts and sums, its part of them.
 */
export interface AlertCause {
  readonly key: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly n: number;
  readonly share: number;
  readonly contribution: number;
}

/** Topic `health`: what `/readyz` answers. Only the latest matters: changes that follow one another quickly are one. */
export interface HealthMessage {
  readonly ready: {
    readonly ok: boolean;
    readonly reasons: readonly string[];
    /** Left out: nothing. */
    readonly degraded?: readonly Degradation[];
  };
}

export const DEGRADATION_CODES = [
  'clock_ahead',
  'events_late',
  'time_ahead',
  'hook',
  'expression_silent',
  'expression_too_long',
  'calendar_ends',
  'instances_differ',
] as const;
export type DegradationCode = (typeof DEGRADATION_CODES)[number];

/** What is amiss though the engine works. */
export interface Degradation {
  readonly code: DegradationCode;
  /** A sentence that names nobody. */
  readonly message: string;
  readonly values: Readonly<Record<string, number>>;
  /** Whose it is: sources, hooks; never an address. Empty as well for who may not know. */
  readonly about: readonly string[];
}

const WALL_PAGES = ['overview', 'alerts', 'heat', 'voices', 'queues', 'journeys', 'shift'] as const;
/** Pages that a screen shows, and can be sent. */
export const SCREEN_PAGES = [...WALL_PAGES, 'screens', 'kpi'] as const;
export type ScreenPage = (typeof SCREEN_PAGES)[number];

/** What of an address says what a page shows. How it looks, and who is let in, is the screen's own. */
export const BOARD_SETTINGS: readonly string[] = [
  ...['where', 'kpi', 'kpis', 'key', 'by', 'range', 'compare', 'split'],
  ...['journey', 'clocks', 'rotate', 'show', 'alert'],
];

/** A page and what its address says beside how it looks: `where=channel:app`; ``: as it comes. */
export interface ScreenBoard {
  readonly page: ScreenPage;
  readonly query: string;
}

/** What a screen says of itself as it subscribes, for those who look after the walls. Nothing about who stands before it. */
export interface ScreenAbout extends ScreenBoard {
  /** Made by the screen, the same after a reload. */
  readonly id: string;
  /** As its address names it; ``: it does not. */
  readonly name: string;
  /** Hangs on a wall, and can be sent another board; false: somebody's desk. */
  readonly wall: boolean;
  readonly lang: string;
  readonly theme: string;
  /** `1920x1080` */
  readonly size: string;
  /** That the page was loaded from; ``: the one that it is connected to. */
  readonly version: string;
}

/**
 * What a client may say. `where` lists the values wanted by dimension; a key that lacks the dimension passes, so that the
 * whole-company value is always available. A `sub` with an id already in use replaces that subscription.
 */
export type ClientFrame =
  | {
      readonly op: 'sub';
      readonly id: number;
      readonly topics: readonly string[];
      readonly where?: Readonly<Record<string, readonly string[]>>;
      readonly max_hz?: number;
      readonly resume?: { readonly epoch: string; readonly seq: number };
      readonly screen?: ScreenAbout;
    }
  | { readonly op: 'unsub'; readonly id: number }
  | { readonly op: 'ping' };

/**
 * What a client applies, by subscription `id`:
 * - `snapshot` replaces everything and sets the sequence to `seq`; its alerts are the open ones and the last resolved.
 * - `resumed` changes nothing: the one delta that follows leads from `from` to `to` (perhaps with nothing in it).
 * - `delta` holds every change after `prev` up to `seq`, KPI values conflated to the latest a key, alerts one by one; a
 *   `prev` that is not the client's sequence is a gap: subscribe again without `resume`.
 * A snapshot may come at any time: the client was too slow, and what it missed is in there.
 */
export type ServerFrame =
  | {
      readonly op: 'hello';
      readonly proto: 1 | 2;
      readonly epoch: string;
      readonly seq: number;
      readonly time: string;
      readonly ping_ms: number;
      readonly version: string;
    }
  | {
      readonly op: 'snapshot';
      readonly id: number;
      readonly seq: number;
      readonly as_of: string;
      readonly watermark: string | null;
      readonly kpis: readonly KpiMessage[];
      readonly alerts: readonly AlertMessage[];
      readonly actions?: readonly Json[];
      readonly health?: HealthMessage;
      /** Alerts are not all known yet: they are as they were last known, perhaps none. A snapshot follows when they are. */
      readonly recovering?: true;
    }
  | { readonly op: 'resumed'; readonly id: number; readonly from: number; readonly to: number }
  | {
      readonly op: 'delta';
      readonly id: number;
      readonly seq: number;
      readonly prev: number;
      readonly kpis: readonly KpiMessage[];
      readonly alerts: readonly AlertMessage[];
      readonly actions?: readonly Json[];
      readonly health?: HealthMessage;
    }
  | {
      readonly op: 'tick';
      readonly time: string;
      readonly watermark: string | null;
      readonly lag_ms: number;
      /** How long ago the engine last reported; null before it first did. Grows when the engine hangs or has stopped. */
      readonly age_ms?: number | null;
      /** A mark of what `/v1/board` and `/v1/kpis` describe: another one than theirs says that it is to be asked for again. */
      readonly configuration?: string;
    }
  | { readonly op: 'unsubscribed'; readonly id: number }
  /** To a screen: shows this board from now on; null: the one of its own address again. */
  | { readonly op: 'show'; readonly id: number; readonly board: ScreenBoard | null }
  | {
      readonly op: 'error';
      readonly id: number | null;
      readonly code: string;
      readonly temporary: boolean;
      readonly message: string;
    };

/** Close codes: 4000–4499 come back, 4500+ don't. */
export const CLOSE = {
  shutdown: 4000,
  slow: 4001,
  idle: 4002,
  overloaded: 4003,
  badFrame: 4500,
  unauthorized: 4501,
  forbidden: 4503,
  badProtocol: 4504,
} as const;

/** `GET /v1/kpis/<id>/history`: the last known value of each window that ends in [from, to), oldest first, key by key. */
export interface KpiHistory {
  readonly kpi: string;
  readonly from: string;
  readonly to: string;
  /** False: windows before the first value may be missing, because only the engine's own short memory was at hand. */
  readonly complete: boolean;
  /** With `detail` only as far as they come from the stream. */
  readonly values: readonly KpiMessage[];
}

/** What a hook made of an open alert, as `GET /v1/alerts/history` says it. Instants are RFC 3339. */
export interface NoticeNote {
  readonly hook: string;
  /** The kind of destination: `slack`, `pagerduty` … */
  readonly kind: string;
  /** `unknown`: it may have arrived. */
  readonly state: 'waiting' | 'delivered' | 'unknown' | 'given_up';
  /** When the first notice was made, and the last that arrived; null: none yet. */
  readonly first: string | null;
  readonly last: string | null;
  /** How many steps of the escalation were taken. */
  readonly escalated: number;
}

/** One rule as `GET /v1/rules` describes it. */
export interface RuleDescription {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly kpi: string;
  /** Only keys with exactly these dimensions; null: all keys. */
  readonly by: readonly string[] | null;
  /** CEL. */
  readonly fire: string;
  /** CEL; null: as soon as `fire` no longer holds. */
  readonly recover: string | null;
  readonly for_ms: number;
  readonly min_n: number;
  readonly severity: string;
  readonly owner: string | null;
  readonly runbook: string | null;
}

/** One KPI as `GET /v1/kpis` describes it. */
export interface KpiDescription {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly unit: string;
  readonly decimals: number;
  readonly better: 'higher' | 'lower';
  readonly target: number | null;
  readonly by: readonly (readonly string[])[];
  readonly window: Json;
  /** Present values, one a key. */
  readonly values: readonly KpiMessage[];
}
