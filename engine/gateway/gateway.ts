/** The gateway: one port for the wall-board, the HTTP API and the live push. Everything it knows is handed in (ports.ts). */
import { randomUUID } from 'node:crypto';
import { isLoopbackHost } from '../core/text/addresses.ts';
import { EngineError } from '../core/errors.ts';
import { placeOf } from '../core/text/place-of.ts';
import type { Millis } from '../core/types.ts';
import { Hub } from '../live/hub.ts';
import { turnsAfter } from '../runtime/yielding.ts';
import { Access } from './access/access.ts';
import { alertRoutes } from './routes/alert-routes.ts';
import { asyncapi } from './documents/asyncapi.ts';
import { AnswerRoom } from './http/response-budget.ts';
import { BodyRoom } from './http/request-body-budget.ts';
import { errorAnswer } from './http/responses.ts';
import { engineFamilies } from './metrics/engine-metrics.ts';
import { single, type Family } from '../core/metrics.ts';
import { HttpFront } from './http/http-front.ts';
import { kpiRoutes } from './routes/kpi-routes.ts';
import { LiveEndpoint } from './live/live-endpoint.ts';
import { Metrics } from './metrics/prometheus.ts';
import { openServer } from './server/open-server.ts';
import { openapi } from './documents/openapi.ts';
import type { Condition, GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { hubQueues } from './metrics/queue-metrics.ts';
import { RequestTurns } from './http/fair-start.ts';
import { Router } from './http/router.ts';
import { SharedLists } from './http/shared-list.ts';
import { ServedCertificate } from './server/served-certificate.ts';
import { StaticFiles } from './server/static-files.ts';
import { modelRoutes } from './routes/model-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import { Turnstile } from './http/concurrency-limit.ts';

export interface Gateway {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  readonly server: 'uws' | 'ws';
  /** The live feed the engine drives. */
  readonly hub: Hub;
  close(): Promise<void>;
}

const TICK_MS: Millis = 1_000;
const MAX_MESSAGE_BYTES = 16_384;
/** Of all request bodies together. */
const MAX_BODIES_BYTES = 64 << 20;
/** Reading a history costs a consumer at the broker and a buffer here. */
const HISTORIES_AT_ONCE = 8;
const HISTORIES_WAITING = 64;

/** Throws EngineError LISTEN_FORBIDDEN, LISTEN_FAILED, CONFIG_INVALID, CONFIG_NOT_FOUND. */
export async function startGateway(options: GatewayOptions, ports: GatewayPorts): Promise<Gateway> {
  const { host, port, log } = { ...options, log: ports.log };
  const keys = options.auth ?? null;
  if (keys === null && !isLoopbackHost(host)) throw new EngineError('LISTEN_FORBIDDEN', [host]);
  const now = (): Millis => ports.now?.() ?? Date.now();
  const certificate =
    options.tls == null
      ? null
      : new ServedCertificate({ files: options.tls, log, now, ...defined({ lookMs: options.certificateLookMs }) });
  const access = new Access({ keys, origins: options.origins ?? [], secure: options.tls != null, now });

  const timer = new FlushTimer(now, () => hub.flush());
  const hub = new Hub({
    epoch: ports.epoch ?? randomUUID(),
    version: ports.version,
    now,
    wake: (at) => timer.wake(at),
    health: () => ({ ready: ports.ready?.() ?? { ok: true, reasons: [] } }),
    hasKpi: (id) => ports.kpis().some((kpi) => kpi.id === id),
    ...defined({ maxBufferBytes: options.maxBufferBytes, pingMs: options.pingMs, slowMs: options.slowMs }),
  });
  const live = new LiveEndpoint({
    hub,
    access,
    log,
    now,
    maxConnections: options.maxConnections ?? 5_000,
    connectRate: options.rates?.connect ?? { perSecond: 200, burst: 2_000 },
  });
  const maxBodyBytes = options.maxBodyBytes ?? 4 << 20;
  const bodies = new BodyRoom(Math.max(MAX_BODIES_BYTES, maxBodyBytes));
  const answers = new AnswerRoom();
  const histories = new Turnstile('history_reads', HISTORIES_AT_ONCE, HISTORIES_WAITING);
  const lists = new SharedLists(turnsAfter(), now);
  const turns = new RequestTurns();
  const metrics = new Metrics({
    hub: () => hub.stats(),
    live: () => live.counts,
    queues: () => [
      ...front.queues(),
      bodies.queue(),
      answers.queue(),
      ...live.queues(),
      access.tickets.queue(),
      histories.queue(),
      lists.queue(),
      ...hubQueues(hub.stats()),
      ...(ports.queues?.() ?? []),
    ],
    families: () => [
      ...healthFamilies(ports),
      single(
        'earshot_gateway_answers_untaken_total',
        'counter',
        'HTTP answers not taken whole: the client left, or was cut off.',
        answers.untaken,
      ),
      ...(certificate?.families() ?? []),
      ...engineFamilies(ports.partitions?.() ?? [], now()),
      ...(ports.families?.() ?? []),
    ],
  });
  const router = new Router([
    ...kpiRoutes(hub, ports, histories, lists),
    ...alertRoutes(hub, ports, lists, now),
    ...modelRoutes(ports),
    ...systemRoutes(hub, ports, access, metrics, () => documents, now),
  ]);
  const documents = { openapi: openapi(ports.version), asyncapi: asyncapi(ports.version) };
  const front: HttpFront = new HttpFront({
    router,
    access,
    metrics,
    files: new StaticFiles(options.assets ?? null),
    turns,
    secure: certificate !== null,
    log,
    now,
    starting: () => ports.starting?.() ?? [],
    rates: {
      api: options.rates?.api ?? { perSecond: 100, burst: 500 },
      events: options.rates?.events ?? { perSecond: 500, burst: 1_000 },
    },
  });
  const server = await openServer(
    {
      host,
      port,
      maxBodyBytes,
      bodies,
      answers,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      tls: certificate,
      handlers: {
        request: (request) => front.answer(request),
        upgrade: async (request) => {
          try {
            await turns.next();
            return await live.upgrade(request);
          } catch (error) {
            log.error('live connection failed', { at: placeOf(error) });
            return errorAnswer('internal', 'something went wrong here');
          }
        },
      },
    },
    options.server ?? 'auto',
  );
  const ticks = setInterval(() => live.tick(), TICK_MS);
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const url = `${options.tls ? 'https' : 'http'}://${name}:${server.port}`;
  log.info('gateway listening', {
    url,
    server: server.kind,
    access: keys === null ? 'loopback only: no keys' : 'keys',
  });
  if (keys === null) {
    log.warn('no access keys are configured: whoever is on this machine may do everything; nobody else is let in');
  }

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(ticks);
    live.close();
    hub.shutdown();
    await server.close();
    timer.close();
    certificate?.close();
    metrics.close();
  };
  return {
    url,
    port: server.port,
    server: server.kind,
    hub,
    close: () => (closing ??= close()),
  };
}

/** What the probes answer, for alarms; there from the first moment on. */
function healthFamilies(ports: GatewayPorts): Family[] {
  const tell = (name: string, help: string, condition: Condition | undefined): Family =>
    single(name, 'gauge', help, condition?.ok === false ? 0 : 1);
  return [
    tell('earshot_ready', '1 while /readyz answers 200: the engine processes.', ports.ready?.()),
    tell('earshot_healthy', '1 while /healthz answers 200: no restart is needed.', ports.healthy?.()),
  ];
}

/** Wakes the hub at the earliest time asked for. */
class FlushTimer {
  readonly #now: () => Millis;
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(now: () => Millis, flush: () => void) {
    this.#now = now;
    this.#flush = flush;
  }

  wake(at: Millis): void {
    if (at >= this.#at || this.#closed) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(
      () => {
        this.#at = Number.POSITIVE_INFINITY;
        this.#flush();
      },
      Math.max(0, at - this.#now()),
    );
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
