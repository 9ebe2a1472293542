/** `/v1/live`, as WebSockets and as server-sent events: carries frames between sockets and the hub, keeps connections alive, and ends those that may not go on. */
import { reasonOf } from '../../core/errors.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { CLOSE, PROTOCOLS } from '../../core/wire.ts';
import { type Codec, jsonCodec } from '../../live/frame-codec.ts';
import type { Hub } from '../../live/hub.ts';
import type { HubClient } from '../../live/hub-client.ts';
import type { Access } from '../access/access.ts';
import { errorAnswer, refusedAccess } from '../http/responses.ts';
import { CODECS, protocolOf } from './live-codecs.ts';
import { Screens } from './screens.ts';
import { may, type Principal } from '../access/principal.ts';
import { type QueryForm, refusedQuery } from '../http/query.ts';
import { readClientFrame } from '../../live/client-frame.ts';
import { FrameRate } from './frame-rate.ts';
import { eventAnswer, EventFrames, subscriptionOf } from './event-stream.ts';
import { EVENTS_QUERY, LIVE_QUERY } from './live-query.ts';
import type { AccessAudit } from '../access/access-audit.ts';
import type { Queue } from '../../core/metrics.ts';
import type { Rate } from '../http/rate-limit.ts';
import { RequestRate } from '../http/limits/request-rates.ts';
import { MAX_QUERY } from '../http/router.ts';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';
import type { LiveSocket, SocketEvents, UpgradeAccepted } from '../server/server.ts';

const MAX_FAULTS = 20;
/** Pings without an answer before the connection counts as dead. */
const MISSED_PINGS = 2.5;

export interface LiveEndpointOptions {
  readonly hub: Hub;
  readonly access: Access;
  readonly audit: AccessAudit;
  readonly log: Logger;
  readonly maxConnections: number;
  /** Of connections that begin. */
  readonly connectRate: Rate;
  readonly frameRate?: Rate;
  now(): Millis;
}

interface Session {
  readonly client: HubClient;
  readonly socket: LiveSocket;
  readonly principal: Principal;
  heardAt: Millis;
  pingedAt: Millis;
  readonly sent: { frames: number };
}

export class LiveEndpoint {
  readonly #options: LiveEndpointOptions;
  readonly #sessions = new Set<Session>();
  readonly #connects: RequestRate;
  readonly #events: EventFrames;
  readonly screens: Screens;
  #closing = false;
  #full = 0;
  readonly counts = { refused: 0, expired: 0, idle: 0, badFrames: 0 };

  constructor(options: LiveEndpointOptions) {
    this.#options = options;
    this.#events = new EventFrames(options.hub.options.epoch);
    this.screens = new Screens({ pingMs: options.hub.options.pingMs, now: () => options.now() });
    this.#connects = new RequestRate('connections', options.connectRate, () => options.now());
  }

  queues(): readonly Queue[] {
    return [
      { queue: 'live_clients', depth: this.#sessions.size, limit: this.#options.maxConnections, refused: this.#full },
      this.#connects.queue('live_callers'),
    ];
  }

  async upgrade(request: HttpRequest): Promise<UpgradeAccepted | HttpAnswer> {
    const decided = await this.#decide(request);
    if ('open' in decided) return decided;
    this.counts.refused += 1;
    const code = refusedAccess(decided);
    if (code !== undefined) this.#options.audit.refused({ code, route: '/v1/live', address: request.remote });
    return decided;
  }

  async #decide(request: HttpRequest): Promise<UpgradeAccepted | HttpAnswer> {
    if (request.path !== '/v1/live') return errorAnswer('not_found', 'WebSockets are at /v1/live');
    const query = new URLSearchParams(request.query.slice(0, MAX_QUERY));
    const refused = this.#refusal(request, query, LIVE_QUERY);
    if (refused !== undefined) return refused;
    const protocol = protocolOf(request.headers['sec-websocket-protocol']);
    if (protocol === undefined) {
      return errorAnswer('bad_request', `subprotocols are ${PROTOCOLS.join(', ')}`);
    }
    const principal = await this.#reader(request, query.get('ticket'));
    if ('status' in principal) return principal;
    // Between here and the upgrade nothing waits: what is revoked meanwhile is found at the next tick.
    return { protocol, open: (socket) => this.#open(socket, CODECS[protocol], principal, request.remote) };
  }

  /** As server-sent events. Who comes with a ticket gets the cookie to come back with: browsers ask by the same address again. */
  async stream(request: HttpRequest): Promise<HttpAnswer> {
    const query = new URLSearchParams(request.query.slice(0, MAX_QUERY));
    const refused = this.#refusal(request, query, EVENTS_QUERY);
    if (refused !== undefined) return refused;
    const asked = subscriptionOf(query, request.headers['last-event-id']);
    const read = readClientFrame(asked);
    if ('fault' in read) return errorAnswer('invalid', read.fault.message);
    const principal = await this.#reader(request, query.get('ticket'));
    if ('status' in principal) {
      this.counts.refused += 1;
      return principal;
    }
    const { session } = principal;
    const cookie =
      session === undefined || !query.has('ticket')
        ? {}
        : { 'set-cookie': await this.#options.access.sessionCookie({ ...principal, session }, request) };
    return eventAnswer(
      asked,
      this.#events,
      (socket) => this.#open(socket, jsonCodec, principal, request.remote),
      cookie,
    );
  }

  /** Not here, not now, not so: whoever it is. */
  #refusal(request: HttpRequest, query: URLSearchParams, form: QueryForm): HttpAnswer | undefined {
    const { access, maxConnections } = this.#options;
    const refused = access.refuses(request, true);
    if (refused !== undefined) return refused;
    if (this.#closing || this.#sessions.size >= maxConnections) {
      this.#full += 1;
      const limit = 'http.max_connections';
      const message = this.#closing
        ? 'this gateway is closing'
        : `${maxConnections} live connections are open (${limit})`;
      return errorAnswer('overloaded', message, this.#closing ? {} : { limit }, { 'retry-after': '5' });
    }
    return refusedQuery(query, form);
  }

  async #reader(request: HttpRequest, ticket: string | null): Promise<Principal | HttpAnswer> {
    const principal = await this.#callerOf(request, ticket);
    if ('status' in principal || may(principal, 'read')) return principal;
    return errorAnswer('forbidden', 'your role does not include the live view');
  }

  /** Who may connect, and not too often: who has a ticket is known by the address, and keeps the ticket if it is too early. */
  async #callerOf(request: HttpRequest, ticket: string | null): Promise<Principal | HttpAnswer> {
    const { access, audit } = this.#options;
    const byAddress = (): HttpAnswer | undefined => this.#connects.refuses(null, request.remote);
    if (ticket === null || access.open) {
      const known = await access.authenticate(request);
      if ('status' in known) return byAddress() ?? known;
      return (access.open ? byAddress() : this.#connects.refuses(known, request.remote)) ?? known;
    }
    const limited = byAddress();
    if (limited !== undefined) return limited;
    const principal = access.redeem(ticket);
    if ('status' in principal) {
      // It came in with that ticket before, and comes back by the same address.
      const known = await access.authenticate(request);
      return 'status' in known || known.session === undefined ? principal : known;
    }
    audit.done('session.start', principal.name, { session: principal.session, address: request.remote });
    return principal;
  }

  #open(socket: LiveSocket, codec: Codec, principal: Principal, address: string): SocketEvents {
    const { hub, log, audit, frameRate } = this.#options;
    const now = (): Millis => this.#options.now();
    const sent = { frames: 0 };
    const client = hub.connect(
      {
        send: (frame) => {
          sent.frames += 1;
          socket.send(frame, codec.binary);
        },
        buffered: () => socket.buffered(),
        close: (code, reason) => socket.close(code, reason),
      },
      codec,
      {
        scope: principal.scope,
        allows: (kind) => {
          if (kind !== 'actions') return true;
          if (may(principal, 'actions')) {
            audit.read({ action: 'actions.read', principal, address });
            return true;
          }
          audit.refused({ code: 'forbidden', route: '/v1/live actions', address, by: principal.name });
          return false;
        },
        announced: (subscription, about) => this.screens.announced(session, subscription, about),
      },
    );
    const session: Session = { ...{ client, socket, principal, sent }, heardAt: now(), pingedAt: now() };
    this.#sessions.add(session);
    const frames = new FrameRate(now, frameRate);
    let faults = 0;
    const heard = (): void => {
      session.heardAt = now();
    };
    const isOver = (): boolean => {
      const message = frames.refuses();
      if (message === undefined) return false;
      client.fault({ id: null, code: 'rate_limited', message });
      return true;
    };
    const atFault = (): void => {
      faults += 1;
      if (faults > MAX_FAULTS) client.close(CLOSE.badFrame, 'too many bad frames');
    };
    return {
      message: (data, binary) => {
        heard();
        if (isOver()) {
          atFault();
        } else if (!this.#receive(client, codec, data, binary)) {
          this.counts.badFrames += 1;
          atFault();
        }
      },
      // Each ping is answered with a pong, by the server itself: who sends them and does not read would pile them up.
      pong: () => {
        heard();
        if (isOver()) atFault();
      },
      drain: () => client.drained(),
      closed: () => {
        this.#sessions.delete(session);
        this.screens.left(session);
        client.closed();
        log.info('live connection closed', { clients: this.#sessions.size });
      },
    };
  }

  #receive(client: HubClient, codec: Codec, data: Uint8Array, binary: boolean): boolean {
    let value: unknown;
    try {
      if (binary ? !codec.binary : !codec.readsText)
        throw new TypeError(`${codec.protocol} uses ${codec.binary ? 'binary' : 'text'} frames`);
      value = binary ? codec.decode(data) : jsonCodec.decode(data);
    } catch (error) {
      client.fault({ id: null, code: 'bad_frame', message: `not a frame: ${reasonOf(error).slice(0, 120)}` });
      return false;
    }
    return client.receive(value);
  }

  /** Once a second. */
  tick(): void {
    const { hub } = this.#options;
    const time = this.#options.now();
    const { pingMs } = hub.options;
    for (const session of [...this.#sessions]) {
      const { client, socket, principal } = session;
      if (principal.expires !== null && principal.expires <= time) {
        this.counts.expired += 1;
        this.#options.audit.done('session.expire', principal.name, {});
        client.close(CLOSE.unauthorized, 'the token has expired');
      } else if (principal.session !== undefined && !this.#options.access.sessions.isIn(principal.session, principal)) {
        client.close(CLOSE.unauthorized, 'the session was revoked');
      } else if (time - session.heardAt > pingMs * MISSED_PINGS) {
        this.counts.idle += 1;
        client.close(CLOSE.idle, 'no sign of life');
      } else if (time - session.pingedAt >= pingMs) {
        session.pingedAt = time;
        socket.ping();
      }
    }
    this.screens.tick();
    hub.tick();
  }

  /** Closes what is open of a display's session, and says how many that were. */
  endSession(id: string): number {
    const ended = [...this.#sessions].filter(({ principal }) => principal.session === id);
    for (const { client } of ended) client.close(CLOSE.unauthorized, 'the session was revoked');
    return ended.length;
  }

  /** How many connections each display's session has. */
  openSessions(): Map<string, number> {
    const open = new Map<string, number>();
    for (const { principal } of this.#sessions) {
      if (principal.session !== undefined) open.set(principal.session, (open.get(principal.session) ?? 0) + 1);
    }
    return open;
  }

  /** Takes no more connections; the hub says good-bye to those there are. */
  close(): void {
    this.#closing = true;
  }

  get connections(): number {
    return this.#sessions.size;
  }
}
