/**
 * The demo's receiver: four tools on loopback that take what hooks send them, a page that shows it as they would, and buttons
 * that call back. For whoever sits at this machine: other hosts' names, and pages of other origins, are refused.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../../../core/errors.ts';
import { must } from '../../../core/must.ts';
import type { Clock, Logger } from '../../../core/types.ts';
import type { Language } from '../../../../operators/notices/writing.ts';
import { newSecrets } from './demo-hooks.ts';
import { messagesHtml, PAGE_HEADERS, pageHtml } from './page.ts';
import { pressButton } from './press-button.ts';
import { jsonOf, takeMessage } from './take-message.ts';
import { ToolMessages, TOOLS, type Tool, type ToolSecrets } from './tools.ts';

const HOST = '127.0.0.1';
const MOST_BODY = 256 * 1024;
const BODY_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class DemoReceiver {
  readonly secrets: ToolSecrets = newSecrets();
  readonly #messages = new ToolMessages();
  readonly #server: Server;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #logger: Logger;
  #port = 0;
  /** Of Earshot; null: it still starts. */
  #gateway: string | null = null;

  private constructor(clock: Pick<Clock, 'now'>, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.requestTimeout = BODY_MS;
    this.#server.headersTimeout = BODY_MS;
    this.#server.maxConnections = 64;
  }

  /** On a port that is free. */
  static async start(clock: Pick<Clock, 'now'>, logger: Logger): Promise<DemoReceiver> {
    const receiver = new DemoReceiver(clock, logger);
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject);
      receiver.#server.listen(0, HOST, resolve);
    });
    receiver.#port = (receiver.#server.address() as AddressInfo).port;
    return receiver;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  /** From now on buttons call back, and the page leads to the board. */
  connect(gateway: string): void {
    this.#gateway = gateway;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch (error) {
      this.#logger.warn("the demo's receiver could not answer", { reason: reasonOf(error) });
      answer = { status: 500 };
    }
    if (response.destroyed) return;
    response.writeHead(answer.status, answer.headers ?? { 'content-type': 'text/plain; charset=utf-8' }); // text unless it says
    response.end(answer.body);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { host = '' } = request.headers; // what names no host is not for us
    if (host !== `${HOST}:${this.#port}` && host !== `localhost:${this.#port}`) return { status: 421 };
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url); // a request has a target
    if (request.method === 'GET') return this.#page(pathname, searchParams, request.headers['accept-language'] ?? ''); // no language: English
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
    const body = await bodyOf(request);
    if (body === null) return { status: 413 };
    if (pathname === '/press') return this.#press(request, body);
    const [, way, secret, tool, id, ...more] = pathname.split('/');
    if (way !== 'in' || secret !== this.secrets.path || more.length > 0) return { status: 404 };
    if (tool === 'slack' && id !== undefined) return this.#replace(Number(id), body);
    const known = TOOLS.find((one) => one === tool);
    return known === undefined || id !== undefined ? { status: 404 } : this.#take(known, request, body);
  }

  #page(path: string, query: URLSearchParams, accepted: string): Answer {
    const asked = query.get('lang');
    const isChinese = asked === null ? /^\s*zh/i.test(accepted) : asked === 'zh-CN';
    const language: Language = isChinese ? 'zh-CN' : 'en';
    if (path === '/')
      return { status: 200, headers: PAGE_HEADERS, body: pageHtml(this.#messages, language, this.#gateway) };
    if (path !== '/messages') return { status: 404 };
    const version = String(this.#messages.version);
    if (query.get('since') === version) return { status: 204 };
    return {
      status: 200,
      headers: { ...PAGE_HEADERS, 'x-version': version },
      body: messagesHtml(this.#messages, language),
    };
  }

  #take(tool: Tool, request: IncomingMessage, body: string): Answer {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { status, answer, kept } = takeMessage(tool, { headers, body }, this.secrets);
    if (kept !== null) this.#messages.add(tool, this.#clock.now(), kept);
    return { status, body: answer };
  }

  /** Slack's way to replace a message that was answered. */
  #replace(id: number, body: string): Answer {
    const message = jsonOf(body);
    if (message?.['replace_original'] !== true || this.#messages.get(id)?.tool !== 'slack') return { status: 404 };
    this.#messages.replace(id, message);
    return { status: 200, body: 'ok' };
  }

  /** From our own page alone. */
  async #press({ headers }: IncomingMessage, body: string): Promise<Answer> {
    const isOurs =
      headers.origin === `http://${must(headers.host)}` && /^application\/json\b/.test(headers['content-type'] ?? ''); // no type is none of ours
    if (!isOurs) return { status: 403 };
    const pressed = jsonOf(body);
    const message = this.#messages.get(Number(pressed?.['message']));
    const value = pressed?.['value'];
    if (message === undefined || typeof value !== 'string' || value === '') return { status: 404 };
    if (this.#gateway === null) return { status: 503 };
    const pressing = { gateway: this.#gateway, base: this.url, secrets: this.secrets, messages: this.#messages };
    const status = await pressButton(message, value, { ...pressing, now: this.#clock.now() });
    return { status: status === null ? 404 : status < 300 ? 200 : 502 };
  }
}

/** null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
