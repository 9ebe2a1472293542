/** A receiver of webhooks on loopback that notes what comes and answers as the test says. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { must } from '../../core/must.ts';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** The status of what comes next; `hang`: none. */
  answers(status: number | 'hang', headers?: Readonly<Record<string, string>>, body?: string): void;
  close(): Promise<void>;
}

export async function webhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedRequest[] = [];
  let answer: { status: number | 'hang'; headers: Readonly<Record<string, string>>; body: string };
  answer = { status: 204, headers: {}, body: '' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [path, body] = [must(request.url, 'a request has a path'), Buffer.concat(chunks).toString('utf8')];
      received.push({ path, headers: request.headers, body, at: Date.now() });
      if (answer.status !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: (status, headers = {}, body = '') => {
      answer = { status, headers, body };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
