/** A receiver of webhooks on loopback that notes what comes and answers as the test says. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { must } from '../../core/must.ts';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `hang`: no answer; `drip`: a byte now and then, for ever; `reset`: the connection is reset once the request was read whole. */
export type Reply = HttpReply | 'hang' | 'drip' | 'reset';

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** Connections that the other side closed before it was answered. */
  readonly abandoned: number;
  /** What comes next is answered so; `hang`: not at all. */
  answers(status: number | 'hang', headers?: Readonly<Record<string, string>>, body?: string): void;
  /** What comes next is answered as this says, asked for each request. */
  replies(how: (request: ReceivedRequest) => Reply): void;
  close(): Promise<void>;
}

const DRIP_MS = 20;

/** `now`: by which clock requests are noted. */
export async function webhookReceiver(now: () => number = Date.now): Promise<WebhookReceiver> {
  const received: ReceivedRequest[] = [];
  let abandoned = 0;
  let replyTo: (request: ReceivedRequest) => Reply = () => ({ status: 204 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [path, body] = [must(request.url, 'a request has a path'), Buffer.concat(chunks).toString('utf8')];
      const one = { path, headers: request.headers, body, at: now() };
      received.push(one);
      response.on('close', () => {
        if (!response.writableFinished) abandoned++;
      });
      send(replyTo(one), request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get abandoned() {
      return abandoned;
    },
    answers: (status, headers = {}, body = '') => {
      replyTo = () => (status === 'hang' ? status : { status, headers, body });
    },
    replies: (how) => {
      replyTo = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (reply === 'drip') {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), DRIP_MS);
    response.on('close', () => clearInterval(timer));
    return;
  }
  response.writeHead(reply.status, reply.headers).end(reply.body);
}
