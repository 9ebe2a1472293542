/** The gateway: one port for the wall-board, the HTTP API and the live push. Everything it knows is handed in (gateway-ports.ts). */
import { boardFamilies, buildFamily } from './metrics/board-metrics.ts';
import { setImmediate } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { isLoopbackHost } from '../core/text/addresses.ts';
import { EngineError } from '../core/errors.ts';
import { placeOf } from '../core/text/place-of.ts';
import type { Millis } from '../core/types.ts';
import { Hub } from '../live/hub.ts';
import { yieldsAfter } from '../core/steps/yielding.ts';
import { Access } from './access/access.ts';
import { AccessAudit } from './access/access-audit.ts';
import { DisplaySessions } from './access/display-sessions.ts';
import { asyncapi } from './documents/asyncapi.ts';
import { openapi } from './documents/openapi.ts';
import { FlushTimer } from './flush-timer.ts';
import type { GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { ConcurrencyLimit } from './http/concurrency-limit.ts';
import { Cors } from './http/cors.ts';
import { FairStart } from './http/fair-start.ts';
import { HttpFront } from './http/http-front.ts';
import { Proxies } from './http/proxies.ts';
import { RequestBodyBudget } from './http/request-body-budget.ts';
import { ResponseBudget } from './http/response-budget.ts';
import { errorAnswer } from './http/responses.ts';
import { Router } from './http/router.ts';
import { SharedLists } from './http/shared-list.ts';
import { LiveEndpoint } from './live/live-endpoint.ts';
import { clockFamilies } from './metrics/clock-metrics.ts';
import { configurationMark } from './live/configuration-mark.ts';
import { engineFamilies } from './metrics/engine-metrics.ts';
import { answersFamily, healthFamilies } from './metrics/gateway-metrics.ts';
import { Metrics } from './metrics/prometheus.ts';
import { hubQueues } from './metrics/queue-metrics.ts';
import { AnswerRates } from './routes/answers/answer-rates.ts';
import { PendingSilences } from './routes/alerts/pending-silences.ts';
import type { RouteContext } from './routes/route-context.ts';
import { ROUTES } from './routes/routes.ts';
import { openServer } from './server/open-server.ts';
import { ServedCertificate } from './server/served-certificate.ts';
import type { HttpAnswer, HttpRequest } from './server/http-message.ts';
import type { UpgradeAccepted, WebServer } from './server/server.ts';
import { StaticFiles } from './server/static-files.ts';

export interface Gateway {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** The live push, which the engine drives. */
  readonly hub: Hub;
  readonly sessions: SharedSessions;
  close(): Promise<void>;
}

/** What instances say to each other of sessions. */
export interface SharedSessions {
  /** Called from now on with each that is revoked here. */
  spread(spread: (id: string) => void): void;
  /** Another revoked it: its live connections end. */
  bar(id: string): void;
}

const TICK_MS: Millis = 1_000;
const MAX_MESSAGE_BYTES = 16_384;
/** Of all request bodies together; one as long as is allowed always fits. */
const MAX_BODIES_BYTES = 64 << 20;
const MAX_BODY_BYTES = 4 << 20;
/** Reading a history costs a consumer at the broker and a buffer here. */
const HISTORIES_AT_ONCE = 8;
/** So many times as many wait. */
const HISTORIES_WAITING = 8;
const MAX_CONCURRENT = 512;
const MAX_CONNECTIONS = 5_000;
const RATES = {
  api: { perSecond: 100, burst: 500 },
  events: { perSecond: 500, burst: 1_000 },
  connect: { perSecond: 200, burst: 5_000 },
};

/** Throws EngineError LISTEN_FORBIDDEN, LISTEN_FAILED, CONFIG_INVALID, CONFIG_NOT_FOUND. */
export async function startGateway(options: GatewayOptions, ports: GatewayPorts): Promise<Gateway> {
  const { host } = options;
  if ((options.auth ?? null) === null && !isLoopbackHost(host)) throw new EngineError('LISTEN_FORBIDDEN', [host]);
  const parts = partsOf(options, ports);
  const { live, hub, audit, server, timer, metrics, certificate } = await listening(parts, options, ports);
  const ticks = setInterval(() => {
    live.tick();
    audit.tick();
  }, TICK_MS);
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const url = `${certificate === null ? 'http' : 'https'}://${name}:${server.port}`;
  report(url, server, parts.access, ports);
  const close = async (): Promise<void> => {
    clearInterval(ticks);
    live.close();
    hub.shutdown();
    await server.close();
    timer.close();
    metrics.close();
    certificate?.close();
    audit.close();
  };
  let closing: Promise<void> | undefined;
  const sessions: SharedSessions = {
    spread: (spread) => parts.access.sessions.spread(spread),
    bar: (id) => {
      if (parts.access.sessions.bar(id)) live.endSession(id);
    },
  };
  return { url, port: server.port, hub, sessions, close: () => (closing ??= close()) };
}

function report(url: string, server: WebServer, access: Access, { log }: GatewayPorts): void {
  log.info('gateway listening', { url, server: server.kind, access: access.open ? 'loopback only: no keys' : 'keys' });
  if (access.open) {
    log.warn('no access keys are configured: whoever is on this machine may do everything; nobody else is let in');
  }
}

type Parts = ReturnType<typeof partsOf>;

/** Who may come in, what is shown to whom, and what is bounded. */
function partsOf(options: GatewayOptions, ports: GatewayPorts) {
  const { log, clock } = ports;
  const now = (): Millis => clock.now();
  const { tls = null, auth = null } = options;
  const certificate =
    tls === null
      ? null
      : new ServedCertificate({ files: tls, log, now, ...defined({ lookMs: options.certificateLookMs }) });
  const sessions = new DisplaySessions({ file: options.sessionsFile ?? null, log, now });
  const access = new Access({
    ...{ keys: auth, origins: options.origins ?? [], sessions, now }, // only its own pages
    onForeignPage: (why) => log.warn('a page was refused', { hint: why }),
    ...defined({ maskSubject: options.maskText, maxTickets: options.maxTickets }),
  });
  const audit = new AccessAudit({ write: ports.audit && ((entry) => ports.audit?.(entry)), log, now });
  const scopeOf = auth?.scopeOf ?? [];
  const timer = new FlushTimer(now, () => hub.flush());
  const hub: Hub = new Hub({
    epoch: ports.epoch ?? randomUUID(),
    version: ports.version,
    now,
    scopeOf,
    wake: (at) => timer.wake(at),
    configuration: () => configurationMark(ports),
    health: () => ({ ready: ports.ready?.() ?? { ok: true, reasons: [] } }),
    hasKpi: (id) => ports.kpis().some((kpi) => kpi.id === id),
    ...defined({ maxBufferBytes: options.maxBufferBytes, pingMs: options.pingMs, slowMs: options.slowMs }),
  });
  const live = new LiveEndpoint({
    hub,
    access,
    audit,
    log,
    now,
    maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
    connectRate: options.rates?.connect ?? RATES.connect,
    ...defined({ frameRate: options.rates?.frames }),
  });
  const {
    maxBodyBytes = MAX_BODY_BYTES,
    maxBodiesBytes = MAX_BODIES_BYTES,
    maxHistories = HISTORIES_AT_ONCE,
  } = options;
  return {
    ...{ now, certificate, access, audit, scopeOf, timer, hub, live, maxBodyBytes },
    proxies: new Proxies({ trusted: options.trustedProxies ?? [], basePath: options.basePath ?? '' }), // no proxy, at the root
    bodies: new RequestBodyBudget(Math.max(maxBodiesBytes, maxBodyBytes)),
    answers: new ResponseBudget(defined({ maxBytes: options.maxAnswersBytes })),
    histories: new ConcurrencyLimit('history_reads', maxHistories, maxHistories * HISTORIES_WAITING),
    lists: new SharedLists(
      yieldsAfter(clock.elapsed, () => setImmediate()),
      now,
    ),
    starts: new FairStart(),
    answerRates: new AnswerRates(now, defined({ links: options.rates?.links, callbacks: options.rates?.callbacks })),
  };
}

async function listening(parts: Parts, options: GatewayOptions, ports: GatewayPorts) {
  const { certificate, bodies, answers, maxBodyBytes } = parts;
  const { maxMessageBytes = MAX_MESSAGE_BYTES } = options;
  const metrics = metricsOf(parts, ports, () => front.queues());
  const front = frontOf(parts, metrics, options, ports);
  const server = await openServer(
    {
      host: options.host,
      port: options.port,
      ...{ maxBodyBytes, bodies, answers, maxMessageBytes, tls: certificate },
      ...(options.compression === false ? {} : { packing: { elapsed: ports.clock.elapsed } }),
      handlers: {
        request: (request) => front.answer(parts.proxies.original(request)),
        upgrade: (request) => upgrade(parts, ports, parts.proxies.original(request)),
      },
    },
    { wanted: options.server ?? 'ws', isProxied: isProxied(options), log: ports.log },
  );
  return { ...parts, metrics, server };
}

function isProxied({ trustedProxies = [], basePath = '' }: GatewayOptions): boolean {
  return trustedProxies.length > 0 || basePath !== '';
}

async function upgrade(
  { starts, live }: Parts,
  { log }: GatewayPorts,
  request: HttpRequest,
): Promise<UpgradeAccepted | HttpAnswer> {
  try {
    await starts.next();
    return await live.upgrade(request);
  } catch (error) {
    log.error('live connection failed', { at: placeOf(error) });
    return errorAnswer('internal', 'something went wrong here');
  }
}

function frontOf(parts: Parts, metrics: Metrics, options: GatewayOptions, ports: GatewayPorts): HttpFront {
  const { access, audit, starts, now, certificate, hub, live, lists, histories, scopeOf, answerRates } = parts;
  const { maxBodyBytes, bodies } = parts;
  const context: RouteContext = {
    ...{ hub, ports, access, audit, live, lists, histories, scopeOf, metrics, now },
    mask: options.maskText ?? ((text) => text),
    silences: new PendingSilences(now, () => hub.board.silences()),
    answerRates,
    modelChange: { isRunning: false },
    hookTest: { isRunning: false },
    documents: { openapi: openapi(ports.version, ROUTES), asyncapi: asyncapi(ports.version, ports.schemas ?? {}) }, // an engine that publishes none
  };
  return new HttpFront({
    router: new Router(ROUTES.map((route) => ({ ...route, handle: (call) => route.handle(context, call) }))),
    ...{ access, audit, metrics, starts, now },
    cors: new Cors(options.origins ?? []), // only its own pages
    files: new StaticFiles(options.assets ?? null),
    secure: certificate !== null,
    log: ports.log,
    elapsed: ports.clock.elapsed,
    starting: () => ports.starting?.() ?? [],
    maxConcurrent: options.maxConcurrent ?? MAX_CONCURRENT,
    unpacking: { maxBodyBytes, bodies },
    rates: { api: options.rates?.api ?? RATES.api, events: options.rates?.events ?? RATES.events },
  });
}

function metricsOf(parts: Parts, ports: GatewayPorts, front: () => ReturnType<HttpFront['queues']>): Metrics {
  const { hub, live, bodies, answers, access, histories, lists, audit, certificate, now, answerRates } = parts;
  return new Metrics({
    hub: () => hub.stats(),
    live: () => live.counts,
    queues: () => [
      ...front(),
      bodies.queue(),
      answers.queue(),
      ...live.queues(),
      access.tickets.queue(),
      access.sessions.queue(),
      ...audit.queues(),
      histories.queue(),
      lists.queue(),
      ...answerRates.queues(),
      ...hubQueues(hub.stats()),
      ...(ports.queues?.() ?? []),
    ],
    families: () => [
      buildFamily(ports.version),
      ...boardFamilies(hub.board),
      ...healthFamilies(ports),
      answersFamily(answers),
      ...(certificate?.families() ?? []),
      ...engineFamilies(ports.partitions?.() ?? [], now()),
      ...clockFamilies(ports.partitions?.() ?? []),
      ...(ports.families?.() ?? []),
    ],
  });
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
