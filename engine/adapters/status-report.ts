/** `earshot status`: what a running engine says of itself, for a person or a program. */
import { EngineError, reasonOf } from '../core/errors.ts';
import type { AlertMessage } from '../core/wire.ts';

export interface EngineStatus {
  readonly url: string;
  readonly ready: boolean;
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
  readonly boards: number;
  readonly alerts: readonly AlertMessage[];
}

const TIMEOUT_MS = 5_000;
const SAMPLE_MS = 1_000;

/** Throws EngineError GATEWAY_UNREACHABLE when nobody answers there. */
export async function readStatus(url: string, token: string | undefined): Promise<EngineStatus> {
  const base = url.replace(/\/+$/, '');
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<Response> => {
    try {
      return await fetch(base + path, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (thrown) {
      throw new EngineError('GATEWAY_UNREACHABLE', [base, reasonOf(thrown)], { cause: thrown });
    }
  };
  const read = async <T>(path: string): Promise<T> => {
    const answer = await get(path);
    if (!answer.ok) throw new EngineError('GATEWAY_UNREACHABLE', [base, `${path} answered ${answer.status}`]);
    return (await answer.json()) as T;
  };
  const first = await read<StatusAnswer>('/v1/status');
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  const status = await read<StatusAnswer>('/v1/status');
  const seconds = (performance.now() - started) / 1_000;
  const alerts = await read<{ readonly open?: readonly AlertMessage[] }>('/v1/alerts');
  const count = (answer: StatusAnswer, name: string): number =>
    answer.partitions.reduce((sum, { counters }) => sum + (counters[`events_${name}`] ?? 0), 0);
  const of = (name: string): number => count(status, name);
  return {
    url: base,
    ready: status.ready.ok,
    reasons: [...status.healthy.reasons, ...status.ready.reasons],
    events: {
      in: of('in'),
      processed: of('processed'),
      duplicate: of('duplicate'),
      late: of('late'),
      rejected: of('rejected'),
    },
    eventsPerSecond: Math.round((of('in') - count(first, 'in')) / seconds),
    lagSeconds: status.lag_ms === null ? null : status.lag_ms / 1_000,
    watermark: status.watermark,
    boards: status.gateway.clients,
    alerts: alerts.open ?? [],
  };
}

interface StatusAnswer {
  readonly healthy: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly watermark: string | null;
  readonly lag_ms: number | null;
  readonly gateway: { readonly clients: number };
  readonly partitions: readonly { readonly counters: Readonly<Record<string, number>> }[];
}

export function statusText(status: EngineStatus): string {
  const { events } = status;
  const lines = [
    `${status.ready ? '✓ ready' : '✕ not ready'}  ${status.url}`,
    ...status.reasons.map((reason) => `  ${reason}`),
    `events   ${events.in} in = ${events.processed} processed + ${events.duplicate} duplicate + ${events.late} late + ${events.rejected} rejected`,
    `rate     ${status.eventsPerSecond}/s`,
    `time     watermark ${status.watermark ?? 'not yet'}, lag ${status.lagSeconds === null ? 'unknown' : `${status.lagSeconds.toFixed(1)} s`}`,
    `boards   ${status.boards}`,
    `alerts   ${status.alerts.length === 0 ? 'none open' : `${status.alerts.length} open`}`,
    ...status.alerts.map(
      (alert) =>
        `  ${alert.state.padEnd(10)} ${alert.severity.padEnd(8)} ${alert.rule} ${keyText(alert.key)} since ${alert.since}: ${alert.reason}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function keyText(key: Readonly<Record<string, string>>): string {
  return Object.entries(key)
    .map(([dimension, value]) => `${dimension}=${value}`)
    .join(',');
}
