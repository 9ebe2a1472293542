/** A gateway for tests, with ports that answer from memory, and a plain HTTP client that may set any header. */
import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { CompactReader } from '../../core/compact/compact-reader.ts';
import type { Json, LogFields } from '../../core/types.ts';
import type { AlertMessage, KpiMessage, ServerFrame } from '../../core/wire.ts';
import { type Gateway, startGateway } from '../gateway.ts';
import { msgpackCodec } from '../live/msgpack-codec.ts';
import type { Command, GatewayOptions, GatewayPorts } from '../gateway-ports.ts';

export const at = (s: number): string => new Date(Date.parse('2026-03-02T01:00:00.000Z') + s * 1_000).toISOString();

export function kpiValue(fields: Partial<KpiMessage> & { readonly end?: number } = {}): KpiMessage {
  const { end = 0, ...rest } = fields;
  return {
    kpi: 'csat',
    key: {},
    window: { start: at(end - 900), end: at(end) },
    value: 81.5,
    n: 40,
    interval: [70.25, 88],
    revision: 0,
    final: false,
    watermark: at(end - 2),
    ...rest,
  };
}

export function alertMessage(fields: Partial<AlertMessage> = {}): AlertMessage {
  return {
    alert: 'a1',
    rule: 'csat_low',
    kpi: 'csat',
    key: {},
    state: 'firing',
    previous: 'pending',
    value: 70,
    n: 40,
    interval: null,
    threshold: 'value < 80',
    window: { start: at(-900), end: at(0) },
    since: at(-30),
    at: at(0),
    reason: '满意度 70 % 低于 80 %',
    causes: [{ key: { region: 'east' }, value: 40, n: 10, share: 0.25, contribution: 0.9 }],
    samples: ['等了两个小时'],
    owner: 'care-team',
    runbook: null,
    severity: 'critical',
    acked: null,
    silenced: false,
    ...fields,
  };
}

export interface Fixture {
  readonly gateway: Gateway;
  readonly commands: Command[];
  readonly logs: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[];
  show(...messages: KpiMessage[]): void;
  commit(subject: string, data: unknown): void;
}

export async function gatewayFixture(
  options: Partial<GatewayOptions> = {},
  ports: Partial<GatewayPorts> = {},
): Promise<Fixture> {
  const commands: Command[] = [];
  const logs: Fixture['logs'] = [];
  const logger = (level: string) => (message: string, fields?: LogFields) => {
    logs.push({ level, message, fields });
  };
  const gateway = await startGateway(
    { host: '127.0.0.1', port: 0, ...options },
    {
      log: { info: logger('info'), warn: logger('warn'), error: logger('error') },
      version: '1.2.3',
      clock: systemClock,
      kpis: () => [
        {
          id: 'csat',
          title: { 'zh-CN': '满意度', en: 'CSAT' },
          unit: 'percent',
          decimals: 1,
          better: 'higher',
          target: 80,
          by: [[], ['channel']],
          window: { kind: 'sliding', sizeMs: 900_000, slideMs: 5_000 },
        },
      ],
      command: (command) => {
        commands.push(command);
        return Promise.resolve('stored');
      },
      ...ports,
    },
  );
  let commits = 0;
  return {
    gateway,
    commands,
    logs,
    show: (...messages) =>
      gateway.hub.show(
        messages.map((value) => ({ topic: `kpi/${value.kpi}`, key: '', value: value as unknown as Json })),
      ),
    commit: (subject, data) =>
      gateway.hub.committed([
        { id: `0.1.${commits++}`, subject, type: 'cx.test', time: Date.parse(at(0)), data: data as Json },
      ]),
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): unknown;
}

export async function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    request.end(options.body);
  });
}

/** A live client that keeps what it receives. */
export class LiveClient {
  readonly frames: ServerFrame[] = [];
  /** As they came. */
  readonly raw: Json[] = [];
  /** By subscription. */
  readonly #readers = new Map<unknown, CompactReader>();
  readonly socket: WebSocket;
  closed: { readonly code: number; readonly reason: string } | undefined;
  refused: number | undefined;
  readonly #protocol: string;

  constructor(
    url: string,
    options: { protocol?: string; path?: string; headers?: Record<string, string>; origin?: string } = {},
  ) {
    this.#protocol = options.protocol ?? 'earshot.v1.json';
    this.socket = new WebSocket(`${url.replace('http', 'ws')}${options.path ?? '/v1/live'}`, [this.#protocol], {
      headers: options.headers ?? {},
      ...(options.origin === undefined ? {} : { origin: options.origin }),
    });
    this.socket.on('message', (data: Buffer) => {
      const frame: unknown =
        this.#protocol === 'earshot.v1.json' ? JSON.parse(data.toString()) : msgpackCodec.decode(data);
      this.raw.push(frame as Json);
      this.frames.push(this.#protocol === 'earshot.v2.msgpack' ? this.#compact(data, frame) : (frame as ServerFrame));
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      this.socket.terminate();
    });
    // What matters of a failure is in `closed` and `refused`.
    this.socket.on('error', () => undefined);
  }

  #compact(data: Buffer, frame: unknown): ServerFrame {
    const id: unknown = Array.isArray(frame) ? frame[0] : (frame as { readonly id?: unknown }).id;
    const reader = this.#readers.get(id) ?? new CompactReader();
    this.#readers.set(id, reader);
    return reader.read(data, Number(id));
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('close', () => reject(new Error(`refused: ${this.refused ?? 'closed'}`)));
    });
    return this;
  }

  say(frame: unknown): void {
    const binary = this.#protocol !== 'earshot.v1.json';
    this.socket.send(binary ? msgpackCodec.frame(frame as object) : JSON.stringify(frame), { binary });
  }

  of<Op extends ServerFrame['op']>(op: Op): Extract<ServerFrame, { op: Op }>[] {
    return this.frames.filter((frame): frame is Extract<ServerFrame, { op: Op }> => frame.op === op);
  }
}
