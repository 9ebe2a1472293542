/** `earshot status`: what a running engine says of itself, for a person or a program. */
import { systemClock } from '../../../adapters/process/system-clock.ts';
import { EngineError, reasonOf } from '../../../core/errors.ts';
import { END_OF_TIME, START_OF_TIME, type Millis } from '../../../core/types.ts';
import type { EncryptionReport } from '../../../core/safety/encryption-report.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { PartitionStats } from '../../../core/partition/stats.ts';

export interface EngineStatus {
  readonly url: string;
  readonly version: string;
  /** When this was asked, RFC 3339. */
  readonly at: string;
  readonly ready: boolean;
  /** False: nothing but a restart mends it. */
  readonly healthy: boolean;
  readonly reasons: readonly string[];
  /** Events, as of the last commit. */
  readonly events: {
    readonly in: number;
    readonly processed: number;
    readonly duplicate: number;
    readonly late: number;
    readonly rejected: number;
  };
  /** Over the second the report took. */
  readonly eventsPerSecond: number;
  readonly lagSeconds: number | null;
  readonly watermark: string | null;
  /** How far the watermark is behind the clock; negative: ahead of it. */
  readonly behindSeconds: number | null;
  readonly partitions: readonly PartitionStatus[];
  readonly boards: number;
  /** null: the engine is of a version that does not say. */
  readonly encryption: EncryptionReport | null;
  /** null: not known here yet: the engine is starting, reads its state or stands by. */
  readonly alerts: readonly AlertMessage[] | null;
}

export interface PartitionStatus {
  readonly partition: number;
  readonly state: string;
  /** Caught up, and nothing new comes. */
  readonly idle: boolean;
  readonly behindSeconds: number | null;
  readonly lagSeconds: number | null;
  /** Messages in the state that are not in the last commit. */
  readonly uncommitted: number;
  readonly restarts: number;
}

const TIMEOUT_MS = 5_000;
const SAMPLE_MS = 1_000;
/** The one that combines what several partitions have added up. */
const COMBINING = 65_536;

/** What a path answers; null: not available while the engine is starting. Throws as `readStatus`. */
export type GatewayReader = <T>(path: string) => Promise<T | null>;

const baseOf = (url: string): string => url.replace(/\/+$/, '');

export function gatewayReader(url: string, token: string | undefined): GatewayReader {
  const base = baseOf(url);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return async <T>(path: string): Promise<T | null> => {
    try {
      const answer = await fetch(base + path, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (answer.ok) return (await answer.json()) as T;
      if (answer.status === 401 || answer.status === 403) {
        const why = token === undefined ? 'it asks for a token' : `it does not take this token (${answer.status})`;
        throw new EngineError('USAGE_INVALID', [`${base}: ${why}: give one with --token, or in EARSHOT_TOKEN`]);
      }
      if (answer.status === 503) return null;
      throw new EngineError('GATEWAY_UNREACHABLE', [base, `${path} answered ${answer.status}`]);
    } catch (thrown) {
      if (thrown instanceof EngineError) throw thrown;
      throw new EngineError('GATEWAY_UNREACHABLE', [base, whyOf(thrown)], { cause: thrown });
    }
  };
}

/**
 * Throws EngineError GATEWAY_UNREACHABLE when nobody answers there, USAGE_INVALID when the token is missing or does not do.
 */
export async function readStatus(
  url: string,
  token: string | undefined,
  now: () => Millis = () => systemClock.now(),
): Promise<EngineStatus> {
  const base = baseOf(url);
  const read = gatewayReader(url, token);
  const first = await read<StatusAnswer>('/v1/status');
  const started = systemClock.elapsed();
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  const status = await read<StatusAnswer>('/v1/status');
  const seconds = (systemClock.elapsed() - started) / 1_000;
  if (first === null || status === null) throw new EngineError('GATEWAY_UNREACHABLE', [base, 'it is too busy']);
  const alerts = await read<{ readonly open?: readonly AlertMessage[] }>('/v1/alerts');
  const count = (answer: StatusAnswer, name: string): number =>
    answer.partitions.reduce((sum, { counters }) => sum + (counters[`events_${name}`] ?? 0) /* none yet */, 0);
  const of = (name: string): number => count(status, name);
  const at = now();
  const secondsOf = (ms: Millis | null): number | null => (ms === null ? null : ms / 1_000);
  return {
    url: base,
    version: status.version,
    at: new Date(at).toISOString(),
    ready: status.ready.ok,
    healthy: status.healthy.ok,
    reasons: [...status.healthy.reasons, ...status.ready.reasons],
    events: {
      in: of('in'),
      processed: of('processed'),
      duplicate: of('duplicate'),
      late: of('late'),
      rejected: of('rejected'),
    },
    eventsPerSecond: Math.max(0, Math.round((of('in') - count(first, 'in')) / seconds)),
    lagSeconds: secondsOf(status.lag_ms),
    watermark: status.watermark,
    behindSeconds: status.watermark === null ? null : (at - Date.parse(status.watermark)) / 1_000,
    partitions: status.partitions.map((one) => ({
      partition: one.partition,
      state: one.health.state,
      idle: one.isIdle,
      behindSeconds: isInstant(one.watermark) ? (at - one.watermark) / 1_000 : null,
      lagSeconds: secondsOf(one.lagMs),
      uncommitted: Math.max(0, one.position - one.committedPosition),
      restarts: one.restarts,
    })),
    boards: status.gateway.clients,
    encryption: status.encryption ?? null,
    alerts: alerts === null ? null : (alerts.open ?? []), // an engine that lists none
  };
}

interface StatusAnswer {
  readonly version: string;
  readonly healthy: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly watermark: string | null;
  readonly lag_ms: number | null;
  readonly encryption?: EncryptionReport | null;
  readonly gateway: { readonly clients: number };
  readonly partitions: readonly (Pick<
    PartitionStats,
    'partition' | 'health' | 'counters' | 'isIdle' | 'watermark' | 'lagMs' | 'position' | 'committedPosition'
  > & { readonly restarts: number })[];
}

/** `fetch failed` says nothing: its cause does. */
function whyOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const text = cause === undefined ? reasonOf(thrown) : reasonOf(cause);
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  return text !== '' ? text : typeof code === 'string' ? code : 'it does not answer';
}

const isInstant = (time: number): boolean => time > START_OF_TIME && time < END_OF_TIME;

export function statusText(status: EngineStatus): string {
  const { events, alerts, partitions } = status;
  const number = (value: number): string => value.toLocaleString('en-US');
  const lines = [
    `${status.ready ? '✓ ready' : '✕ not ready'}  ${status.url}  (Earshot ${status.version})`,
    ...status.reasons.map((reason) => `  ${reason}`),
    ...(status.healthy ? [] : ['  restart it: nothing else mends this']),
  ];
  // What is not at work here has no figures: zeros would read as lost ones.
  if (partitions.some(isAtWork)) {
    lines.push(
      `events   ${number(events.in)} in = ${number(events.processed)} processed + ${number(events.duplicate)} duplicate + ${number(events.late)} late + ${number(events.rejected)} rejected`,
      `rate     ${number(status.eventsPerSecond)} events/s over the last second`,
      `time     ${timeText(status)}`,
    );
  }
  lines.push(
    ...partitions.map(partitionText),
    ...encryptionLines(status.encryption),
    `boards   ${number(status.boards)} connected`,
    `alerts   ${alerts === null ? 'not known here yet, for the reasons above' : alerts.length === 0 ? 'none open' : `${number(alerts.length)} open`}`,
    ...(alerts ?? []) /* not known here: said in the line before */
      .map(
        (alert) =>
          `  ${alert.state.padEnd(10)} ${alert.severity.padEnd(8)} ${[alert.rule, keyText(alert.key)].filter((part) => part !== '').join(' ')}, for ${spanText((Date.parse(status.at) - Date.parse(alert.since)) / 1_000)}: ${alert.reason}`,
      ),
  );
  return `${lines.join('\n')}\n`;
}

/** `at rest  encrypted (AES-256-GCM, key 3kf…); dead letters: sealed (A256GCM, key 9aQ…)`. */
function encryptionLines(report: EncryptionReport | null): readonly string[] {
  if (report === null) return [];
  const by = ({ cipher, key }: EncryptionReport['store'] | EncryptionReport['dead_letters']): string =>
    `${String(cipher)}, key ${String(key)}`;
  const { store, dead_letters: letters } = report;
  const stored =
    store.state === 'on'
      ? `encrypted (${by(store)}): ${String(store.streams.length)} streams, all there are`
      : `not known: the broker is one of your own, and does not say`;
  const sealed = letters.state === 'on' ? `sealed (${by(letters)})` : 'not sealed (set seal.key)';
  return [`at rest  ${stored}`, `         dead letters ${sealed}`];
}

function timeText({ watermark, behindSeconds, lagSeconds }: EngineStatus): string {
  if (watermark === null || behindSeconds === null) return 'no event yet, so event time is not known';
  const lag = lagSeconds === null ? '' : `, lag ${spanText(lagSeconds)}`;
  return `complete up to ${watermark}, ${behindText(behindSeconds)}${lag}`;
}

function partitionText(one: PartitionStatus): string {
  const facts = [
    one.behindSeconds === null ? (isAtWork(one) ? 'no event yet' : '') : behindText(one.behindSeconds),
    one.lagSeconds === null ? '' : `lag ${spanText(one.lagSeconds)}`,
    one.idle ? 'idle' : '',
    one.uncommitted > 0 ? `${one.uncommitted} not committed` : '',
    one.restarts > 0 ? `started again ${one.restarts} ${one.restarts === 1 ? 'time' : 'times'}` : '',
  ];
  const name = one.partition === COMBINING ? 'combining' : `partition ${one.partition}`;
  return `  ${name.padEnd(12)} ${one.state.padEnd(8)} ${facts.filter((fact) => fact !== '').join(', ')}`.trimEnd();
}

const isAtWork = ({ state }: PartitionStatus): boolean => state === 'running' || state === 'blocked';

const behindText = (seconds: number): string =>
  seconds < 0 ? `${spanText(-seconds)} ahead of the clock` : `${spanText(seconds)} behind the clock`;

/** Two units at most: `0.4 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function spanText(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 59.95) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  const pair = (size: number, big: string, small: string): string => {
    const rest = Math.floor((whole % (size * 60)) / size);
    return `${Math.floor(whole / (size * 60))} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
  };
  if (whole < 3_600) return pair(1, 'min', 's');
  if (whole < 86_400) return pair(60, 'h', 'min');
  const hours = Math.floor((whole % 86_400) / 3_600);
  return `${Math.floor(whole / 86_400)} d${hours === 0 ? '' : ` ${hours} h`}`;
}

function keyText(key: Readonly<Record<string, string>>): string {
  return Object.entries(key)
    .map(([dimension, value]) => `${dimension}=${value}`)
    .join(',');
}
