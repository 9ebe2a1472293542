/**
 * A gateway for tests of the wall-board: HTTP and `/v1/live` as in wire.ts, over a script. It can be stopped and started
 * again on the same port, as a real one is.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Json } from '../../engine/core/types.ts';
import type {
  AlertMessage,
  ClientFrame,
  HealthMessage,
  KpiDescription,
  KpiMessage,
  ServerFrame,
} from '../../engine/core/wire.ts';

export interface FakeGatewayOptions {
  /** The built board. */
  readonly root: string;
  readonly board: object;
  readonly kpis: readonly KpiDescription[];
  readonly pingMs: number;
  readonly version: string;
  /** The server's time, Unix ms; without it, the machine's. */
  readonly now?: () => number;
  /** What else is answered, by path. */
  readonly answers?: Readonly<Record<string, (url: URL) => unknown>>;
  readonly history?: (
    kpi: string,
    fromMs: number,
    toMs: number,
    key: Readonly<Record<string, string>>,
  ) => readonly KpiMessage[];
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

export class FakeGateway {
  /** So many histories are answered with 503 first. */
  failingHistories = 0;
  /** Client frames and HTTP requests as they came. */
  readonly heard: ClientFrame[] = [];
  readonly requests: string[] = [];
  /** Of what was decided. */
  readonly bodies: string[] = [];
  epoch = 'e1';
  version: string;
  /** As after a reload: another description under another mark. */
  described: { readonly board: object; readonly kpis: readonly KpiDescription[]; readonly configuration: string };
  seq = 0;
  ackStatus = 200;
  watermarkLagMs = 800;
  /** What is to be done; null: no actions are configured. */
  actions: readonly Json[] | null = null;
  health: HealthMessage = { ready: { ok: true, reasons: [] } };
  /** Ticks go out on their own while true. */
  ticking = true;
  port = 0;
  readonly #options: FakeGatewayOptions;
  readonly #now: () => number;
  readonly #latest = new Map<string, KpiMessage>();
  readonly #alerts = new Map<string, AlertMessage>();
  readonly #subscribers = new Map<WebSocket, number>();
  #server: Server | null = null;
  #sockets: WebSocketServer | null = null;
  #ticker: NodeJS.Timeout | null = null;

  constructor(options: FakeGatewayOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.version = options.version;
    this.described = { board: options.board, kpis: options.kpis, configuration: 'c1' };
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#sockets = new WebSocketServer({
      server,
      path: '/v1/live',
      handleProtocols: (offered) => (offered.has('earshot.v1.json') ? 'earshot.v1.json' : false),
    });
    this.#sockets.on('connection', (socket) => this.#connected(socket));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.#server = server;
    this.#ticker = setInterval(() => this.tick(), this.#options.pingMs);
  }

  /** As a killed process: no close frames. */
  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    this.#subscribers.clear();
    this.#sockets?.close();
    this.#server?.closeAllConnections();
    const server = this.#server;
    this.#server = null;
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  /** A delta to everyone. */
  push(kpis: readonly KpiMessage[], alerts: readonly AlertMessage[] = []): void {
    for (const kpi of kpis) this.#latest.set(`${kpi.kpi} ${JSON.stringify(kpi.key)}`, kpi);
    for (const alert of alerts) this.#alerts.set(alert.alert, alert);
    const prev = this.seq;
    this.seq += 1;
    for (const [socket, id] of this.#subscribers)
      this.#send(socket, { op: 'delta', id, seq: this.seq, prev, kpis, alerts });
  }

  /** As the engine's readiness changes; without reasons: ready. */
  tellHealth(...reasons: readonly string[]): void {
    this.health = { ready: { ok: reasons.length === 0, reasons } };
    const prev = this.seq;
    this.seq += 1;
    for (const [socket, id] of this.#subscribers)
      this.#send(socket, { op: 'delta', id, seq: this.seq, prev, kpis: [], alerts: [], health: this.health });
  }

  /** What it knows and what it was asked, as if it had just been started; who comes next gets a snapshot of nothing. */
  forget(): void {
    this.#latest.clear();
    this.#alerts.clear();
    this.requests.length = 0;
    this.bodies.length = 0;
  }

  /** Loses what would have been sent: the next delta leaves a gap. */
  skip(): void {
    this.seq += 1;
  }

  tick(): void {
    if (!this.ticking) return;
    for (const socket of this.#subscribers.keys()) this.#send(socket, this.#tick());
  }

  closeAll(code: number, reason: string): void {
    for (const socket of this.#subscribers.keys()) socket.close(code, reason);
  }

  #tick(): ServerFrame {
    const now = this.#now();
    const watermark = new Date(now - this.watermarkLagMs).toISOString();
    const { configuration } = this.described;
    return { op: 'tick', time: new Date(now).toISOString(), watermark, lag_ms: this.watermarkLagMs, configuration };
  }

  #connected(socket: WebSocket): void {
    const { pingMs } = this.#options;
    const time = new Date(this.#now()).toISOString();
    this.#send(socket, {
      op: 'hello',
      proto: 1,
      epoch: this.epoch,
      seq: this.seq,
      time,
      ping_ms: pingMs,
      version: this.version,
    });
    socket.on('close', () => this.#subscribers.delete(socket));
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as ClientFrame;
      this.heard.push(frame);
      if (frame.op === 'unsub') this.#subscribers.delete(socket);
      if (frame.op === 'sub') this.#subscribed(socket, frame);
    });
  }

  #subscribed(socket: WebSocket, frame: Extract<ClientFrame, { op: 'sub' }>): void {
    this.#subscribers.set(socket, frame.id);
    if (frame.resume?.epoch === this.epoch && frame.resume.seq === this.seq) {
      this.#send(socket, { op: 'resumed', id: frame.id, from: this.seq, to: this.seq });
      return;
    }
    this.#send(socket, {
      op: 'snapshot',
      id: frame.id,
      seq: this.seq,
      as_of: new Date(this.#now()).toISOString(),
      watermark: new Date(this.#now() - this.watermarkLagMs).toISOString(),
      kpis: [...this.#latest.values()],
      alerts: [...this.#alerts.values()],
      ...(frame.topics.includes('health') ? { health: this.health } : {}),
      ...(frame.topics.includes('actions') ? { actions: this.actions ?? [] } : {}), // none is configured
    });
    this.#send(socket, this.#tick());
  }

  #send(socket: WebSocket, frame: ServerFrame): void {
    socket.send(JSON.stringify(frame));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method ?? 'GET'} ${url.pathname}`);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const other = this.#options.answers?.[url.pathname];
    const history = /^\/v1\/kpis\/([^/]+)\/history$/.exec(url.pathname)?.[1];
    if (other !== undefined && request.method === 'GET') json(200, other(url));
    else if (url.pathname === '/v1/board')
      json(200, { ...this.described.board, configuration: this.described.configuration });
    else if (url.pathname === '/v1/kpis') json(200, this.described.kpis);
    else if (history !== undefined) {
      const key = Object.fromEntries(url.searchParams.getAll('key').map((part) => part.split(':') as [string, string]));
      const [from, to] = [Date.parse(url.searchParams.get('from') ?? ''), Date.parse(url.searchParams.get('to') ?? '')];
      if (this.failingHistories > 0) {
        this.failingHistories -= 1;
        json(503, { error: { code: 'not_ready' } });
      } else json(200, this.#options.history?.(history, from, to, key) ?? []);
    } else if (request.method !== 'GET') {
      for await (const part of request) this.bodies.push(String(part));
      json(this.ackStatus, {});
    } else await this.#file(url.pathname.replace(/\/$/, '/index.html'), response);
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const name = /^\/((?:[a-z-]+\/)*[\w.-]+\.(html|css|js))$/i.exec(path);
    try {
      if (name?.[1] === undefined) throw new Error(path);
      const body = await readFile(`${this.#options.root}/${name[1]}`);
      response.writeHead(200, { 'content-type': `${TYPES[name[2] ?? ''] ?? ''}; charset=utf-8` }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
}
