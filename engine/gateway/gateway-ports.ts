/** What the gateway is given: everything it knows about the engine comes through here. */
import type { AuditEntry } from '../core/audit-entry.ts';
import type { OpenRun } from '../core/clocks/open-run.ts';
import type { Voice, VoiceSample } from '../core/voices/voice.ts';
import type { JourneyFunnel } from '../core/journeys/journey-funnel-form.ts';
import type { CaseStory } from '../core/cases/case-story-form.ts';
import type { EncryptionReport } from '../core/safety/encryption-report.ts';
import type { Clock, Json, JsonObject, Logger, Millis } from '../core/types.ts';
import type { ReloadReport } from '../core/reload-report.ts';
import type { AlertMessage, KpiDescription, KpiMessage, NoticeNote, RuleDescription } from '../core/wire.ts';
import type { PartitionStats } from '../core/partition/stats.ts';
import type { AccessKeys } from './access/access-keys.ts';
import type { Family, Queue } from '../core/metrics.ts';
import type { AnswersPort, NotStored } from './answers-port.ts';
import type { SourcesPort } from './sources-port.ts';
import type { Rate } from './http/rate-limit.ts';
import type { Condition } from './http/responses.ts';
import type { CertificateFiles } from './server/certificate.ts';
import type { ServerKind } from './server/server.ts';

/** Published into the input stream as a CloudEvent of this type; what it changes comes back as an alert change. */
export interface Command {
  readonly type:
    | 'earshot.alert.acked'
    | 'earshot.alert.unacked'
    | 'earshot.silence.created'
    | 'earshot.silence.deleted'
    | 'earshot.model.switched'
    | 'earshot.action.completed';
  readonly data: JsonObject;
}

export type { Condition };

/** How one hook does. `standby`: another instance tells. */
export interface HookStatus {
  readonly id: string;
  readonly kind: string;
  readonly state: 'ok' | 'failing' | 'standby';
  /** Notices, since the start. */
  readonly delivered: number;
  /** Attempts. */
  readonly retried: number;
  readonly failed: number;
  readonly waiting: number;
  /** Of the notices since the start: from when one could be said until it was accepted. null: none was accepted. */
  readonly accepted: HookTimes | null;
  /** Alerts that it follows: those that fire, and those whose end is to be said. */
  readonly alerts: number;
  /** Brief alerts that were not said, because too many waited. */
  readonly left_out: number;
  /** Notices that were given up and not sent since; `failures` has the last of them, newest first. */
  readonly given_up: number;
  readonly failures: readonly HookFailure[];
  readonly trouble: { readonly reason: string; readonly hint: string } | null;
}

/** Half of them took at most `half_ms`, 95 of 100 at most `most_ms`: bounds of a histogram's buckets. */
export interface HookTimes {
  readonly n: number;
  readonly half_ms: number;
  readonly most_ms: number;
}

/** A notice that was given up: `earshot hooks replay` sends it once more, under the same id. */
export interface HookFailure {
  readonly notice: string;
  readonly kind: string;
  /** RFC 3339. */
  readonly at: string;
  readonly rules: readonly string[];
  /** How many alerts it names. */
  readonly alerts: number;
  readonly attempts: number;
  readonly reason: string;
  readonly hint: string;
}

/** What the receiver made of a test. */
export interface HookTest {
  readonly outcome: 'delivered' | 'refused' | 'unknown' | 'dead';
  /** Why it was not delivered, and what to mend. */
  readonly reason?: string;
  readonly hint?: string;
}

export interface HistoryQuery {
  readonly kpi: string;
  /** null: every key. */
  readonly key: Readonly<Record<string, string>> | null;
  readonly from: Millis;
  readonly to: Millis;
  /** Of each such span the window that ends last; left out: every window. */
  readonly every?: Millis;
  readonly limit: number;
}

export interface AlertHistoryQuery {
  readonly from: Millis;
  readonly to: Millis;
  /** null: of every rule, of every alert. */
  readonly rule: string | null;
  readonly alert: string | null;
  readonly limit: number;
}

export interface ModelName {
  readonly name: string;
  readonly version: string;
}

export interface JourneyDescription {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  /** Ids of the KPIs that its funnel is of; none: it has no funnel. */
  readonly kpis: readonly string[];
  /** Dimensions that tell these apart, beside the step. */
  readonly dimensions: readonly string[];
  /** Of values of these KPIs: one a window and key, of one set of dimensions. */
  funnel(values: readonly KpiMessage[]): JourneyFunnel;
}

export interface ClockDescription {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
}

export interface IngestResult {
  /** 202, or 4xx with the faults. */
  readonly status: number;
  readonly body: Json;
}
export type { NotStored };

export interface InstanceStatus {
  /** It has the same configuration and version as this one, as far as it says. */
  readonly isAlike: boolean;
  /** What it has is what is computed by: else it stands by. */
  readonly isInForce: boolean;
  readonly name: string;
  readonly isThis: boolean;
  readonly state: string;
  /** What it runs. */
  readonly partitions: readonly number[];
}

export interface GatewayPorts {
  readonly log: Logger;
  readonly version: string;
  /** Names this run of the board; made up when left out. */
  readonly epoch?: string;
  readonly clock: Clock;
  /** The configured KPIs, without values. */
  kpis(): readonly Omit<KpiDescription, 'values'>[];
  /** Title, tiles, zone and what else the wall-board shows of the configuration: `GET /v1/board`. */
  board?(): JsonObject;
  /** False when only a new process can go on; a broker that is away is no reason. */
  healthy?(): Condition;
  /** The engine processes: false during start, recovery and faults. */
  ready?(): Condition;
  /**
   * Why what the engine knows can't be shown yet, and nothing handed to it; empty: it can. Until then routes that need it answer
   * 503, and the ports behind them (`history`, `ingest`, `command`, …) may be missing: each is looked up as it is asked for.
   */
  starting?(): readonly string[];
  /** What is encrypted at rest. Names keys, and holds none. */
  encryption?(): EncryptionReport;
  partitions?(): readonly PartitionStats[];
  /** Those that share the partitions, this one among them; none: they do not. */
  instances?(): readonly InstanceStatus[];
  /** Further queues, for the metrics. */
  queues?(): readonly Queue[];
  /** Further metrics: scoring, hooks, … */
  families?(): readonly Family[];
  /** Final values from the stream, oldest first; for ranges beyond the board's short memory. */
  history?(query: HistoryQuery, signal: AbortSignal): Promise<readonly KpiMessage[]>;
  /** Changes of alerts from the stream, oldest first. */
  alertHistory?(
    query: AlertHistoryQuery,
    signal: AbortSignal,
  ): Promise<{ readonly changes: readonly AlertMessage[]; readonly isComplete: boolean }>;
  /** What each hook made of an open alert. */
  notices?(alert: string): Promise<readonly NoticeNote[]>;
  /** The configured rules on KPIs. */
  rules?(): readonly RuleDescription[];
  /** The configured journeys. */
  journeys?(): readonly JourneyDescription[];
  /** What was said last, masked, the newest first; bounded. */
  voices?(signal: AbortSignal): Promise<readonly Voice[]>;
  /** What is said now beside the hour before; bounded. `now`: wall clock. */
  voiceSample?(now: Millis, signal: AbortSignal): Promise<VoiceSample>;
  /** The configured clocks. */
  clocks?(): readonly ClockDescription[];
  /** Runs of them that are open in this process, pulled lazily. */
  openRuns?(): Iterable<OpenRun>;
  /** null: there is no such case. `now`: how far time is. */
  caseStory?(id: string, now: Millis, signal: AbortSignal): Promise<CaseStory | null>;
  /** Decodes, checks and stores events, given the request's headers; resolves once the broker has acknowledged them. */
  ingest?(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<IngestResult | NotStored>;
  /** Notes who did what, or was refused what: kept in the audit. Never throws, never waits; from the start on. */
  audit?(entry: AuditEntry): void;
  command?(command: Command): Promise<'stored' | NotStored>;
  /** Goes over to what the configured model folders hold now; rejects with an EngineError of kind config if that is not usable. */
  reloadModels?(): Promise<{ readonly from: ModelName | null; readonly to: ModelName | null }>;
  /** Reads the configuration again and takes up what can be; rejects with an EngineError of kind config if it is not usable. */
  reload?(by: string): Promise<ReloadReport>;
  /** What that would say of such a text; throws the same. */
  reloadWould?(text: string): ReloadReport;
  hooks?(): readonly HookStatus[];
  /** Sends a notice that says it is a test; of a hook that is configured. */
  testHook?(hook: string): Promise<HookTest>;
  /** Answers to notices; left out: no hook is configured, or the engine is not there yet. */
  readonly answers?: AnswersPort | undefined;
  /** Others' webhooks; left out: none is configured, or the engine is not there yet. */
  readonly sources?: SourcesPort | undefined;
  /** JSON Schemas by `<name>/<version>`. */
  readonly schemas?: Readonly<Record<string, JsonObject>>;
}

export interface GatewayOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Left out: ws. */
  readonly server?: ServerKind;
  readonly auth?: AccessKeys | null;
  /** Paths of PEM files; null: plain HTTP. */
  readonly tls?: CertificateFiles | null;
  readonly origins?: readonly string[];
  /** See http/proxies.ts; none: nobody is believed. */
  readonly trustedProxies?: readonly string[];
  /** `/earshot`; left out: the gateway has its host for itself. */
  readonly basePath?: string;
  readonly maxBufferBytes?: number;
  readonly maxConnections?: number;
  readonly maxBodyBytes?: number;
  /** False: messages of the live push are not packed, whatever clients offer. */
  readonly compression?: boolean;
  /** Of a message that a client of the live push sends. */
  readonly maxMessageBytes?: number;
  /** Requests that are being answered, histories that are read, tickets that are out, at once. */
  readonly maxConcurrent?: number;
  readonly maxHistories?: number;
  readonly maxTickets?: number;
  /** Folder of the wall-board's files; null: none. */
  readonly assets?: string | null;
  /** Requests a caller may make. */
  readonly rates?: {
    readonly api?: Rate;
    readonly events?: Rate;
    readonly connect?: Rate;
    /** Messages of one live connection. */
    readonly frames?: Rate;
    readonly links?: Rate;
    readonly callbacks?: Rate;
  };
  /** Of all request bodies, of all answers that wait, together. */
  readonly maxBodiesBytes?: number;
  readonly maxAnswersBytes?: number;
  readonly pingMs?: Millis;
  readonly slowMs?: Millis;
  /** Masks personal data in what people are called (a token's subject) and what they write, before anything sees it. */
  readonly maskText?: (text: string) => string;
  /** How often the certificate's files are looked at. */
  readonly certificateLookMs?: Millis;
  /** Where display sessions, and which of them are revoked, are kept; null: in memory only. */
  readonly sessionsFile?: string | null;
}
