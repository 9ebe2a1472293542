/** The configuration, normalised: durations in ms, defaults filled in. Written by users as YAML (CONTRACT §6). */
import type { Millis } from '../../engine/core/types.ts';

export interface Config {
  readonly nats: NatsConfig;
  readonly http: HttpConfig;
  readonly time: TimeConfig;
  readonly partitions: number;
  readonly liveEveryMs: Millis;
  readonly commit: { readonly everyMs: Millis; readonly maxEvents: number };
  readonly dedupe: { readonly horizonMs: Millis; readonly maxIds: number };
  /** Channels beyond the built-in ones. */
  readonly channels: readonly string[];
  readonly limits: { readonly maxEventBytes: number };
  /** Where the reference of KPIs of drift is learned from one's own events; null: it is not. */
  readonly drift: { readonly file: string | null; readonly learn: number };
  readonly scoring: {
    /** Model folder; null: no scoring, every text is `skipped`. */
    readonly sentiment: string | null;
    /** Model folder; null: no issue types. */
    readonly issues: string | null;
    /** Who looks after an issue type: label → owner. */
    readonly owners: Readonly<Record<string, string>>;
    /** Largest .onnx file that is loaded. */
    readonly maxModelBytes: number;
    /** A second sentiment model that scores a share of the texts for comparison alone. */
    readonly shadow: { readonly model: string; readonly share: number; readonly queueTexts: number } | null;
    readonly workers: number;
    readonly batchTexts: number;
    readonly batchDeadlineMs: Millis;
    readonly queueTexts: number;
  };
  readonly kpis: readonly KpiConfig[];
  readonly rules: readonly RuleConfig[];
  readonly board: { readonly title: Titles; /** KPI ids, at most six. */ readonly tiles: readonly string[] };
}
export type Titles = { readonly 'zh-CN': string; readonly en: string };

export interface NatsConfig {
  /** Empty: the embedded server. */
  readonly servers: readonly string[];
  readonly credentials: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null } | null;
  readonly embedded: { readonly store: string; /** 0: a free one. */ readonly port: number };
  /** Retention of the streams we make. */
  readonly streams: { readonly [stream: string]: { readonly maxBytes: number; readonly maxAgeMs: Millis } };
  readonly replicas: number;
}
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** null: no keys, loopback only. */
  readonly auth: {
    readonly secret: string | null;
    readonly jwks: string | null;
    readonly issuer: string | null;
    readonly audience: string | null;
  } | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly origins: readonly string[];
  readonly maxBufferBytes: number;
  readonly maxConnections: number;
}
export interface TimeConfig {
  /** IANA zone that days and weeks align to. */
  readonly zone: string;
  readonly outOfOrdernessMs: Millis;
  readonly allowedLatenessMs: Millis;
  readonly idleAfterMs: Millis;
  readonly maxFutureMs: Millis;
}

export type WindowConfig =
  | { readonly kind: 'tumbling'; readonly sizeMs: Millis }
  /** `fromMidnight`: a size of a day and more that slides within the day; each day's steps begin at its midnight. */
  | { readonly kind: 'sliding'; readonly sizeMs: Millis; readonly slideMs: Millis; readonly fromMidnight?: true }
  | { readonly kind: 'session'; readonly gapMs: Millis }
  | { readonly kind: 'cumulative'; readonly period: 'day' | 'week' | 'month'; readonly everyMs: Millis };

/** Fields hold CEL sources. */
export type MeasureConfig =
  | { readonly kind: 'count' }
  | {
      readonly kind: 'sum' | 'mean' | 'min' | 'max' | 'nps' | 'csat' | 'mean100';
      readonly value: string;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: 'ces'; readonly value: string; readonly as: 'mean' | 'top' | 'index' }
  | { readonly kind: 'ratio'; readonly of: string; readonly per: string }
  | { readonly kind: 'quantile'; readonly value: string; readonly q: number }
  | { readonly kind: 'distinct'; readonly value: string }
  | { readonly kind: 'top'; readonly value: string; readonly k: number }
  | { readonly kind: 'share'; readonly of: string }
  | { readonly kind: 'rate'; readonly perMs: Millis }
  | {
      readonly kind: 'psi';
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly bins: number;
      /** Counts by bin when all was well; null: that of the sentiment model. */
      readonly reference: readonly number[] | null;
      /** Each of its own: two KPIs may be held against different references. */
      readonly kpi: string;
    };

/** The model's reference is of scores from −1 to 1; of anything else it says nothing. */
export const isOfScores = ({ min, max }: { readonly min: number; readonly max: number }): boolean =>
  min === -1 && max === 1;

export interface KpiConfig {
  /** `[a-z][a-z0-9_]*`: a NATS token. */
  readonly id: string;
  readonly title: Titles;
  readonly from: readonly string[];
  /** CEL; null: all. */
  readonly where: string | null;
  readonly measure: MeasureConfig;
  readonly window: WindowConfig;
  readonly by: readonly (readonly string[])[];
  readonly maxKeys: number;
  /** Also write live values to CX_KPI. */
  readonly liveToStream: boolean;
  readonly allowedLatenessMs: Millis;
  /** For the board: which way is good, what to reach, what the number is. */
  readonly better: 'higher' | 'lower';
  readonly target: number | null;
  readonly unit: 'percent' | 'points' | 'count' | 'seconds' | 'milliseconds' | 'score' | 'none';
  readonly decimals: number;
}

export type Severity = 'critical' | 'major' | 'minor' | 'info';
export interface RuleConfig {
  readonly id: string;
  readonly title: Titles;
  readonly kpi: string;
  /** Which keys of the KPI: null: all of them; else only keys with exactly these dimensions. */
  readonly by: readonly string[] | null;
  /** CEL over value, n, low, high, key. */
  readonly fire: string;
  /** CEL; null: as soon as `fire` no longer holds. */
  readonly recover: string | null;
  readonly forMs: Millis;
  /** How long `recover` must hold. */
  readonly keepFiringForMs: Millis;
  readonly minN: number;
  /** final: judged on final windows; live: on the window that is still filling, for alerts within the second. */
  readonly on: 'final' | 'live';
  readonly onNoData: 'ok' | 'keep' | 'fire';
  readonly severity: Severity;
  readonly owner: string | null;
  readonly runbook: string | null;
}
