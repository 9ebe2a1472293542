/** Receivers of hooks on loopback for benches: what comes is noted with the time it was read whole, then answered as its tool does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BenchReceiver {
  readonly url: string;
  close(): Promise<void>;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly body?: string;
  /** How long it takes. */
  readonly afterMs?: number;
}

export async function benchReceiver(
  answer: ReceiverAnswer,
  /** The body is put together when it is asked for. */
  onTaken: (body: () => string, at: number) => void,
): Promise<BenchReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      onTaken(() => Buffer.concat(chunks).toString('utf8'), Date.now());
      setTimeout(() => response.writeHead(answer.status).end(answer.body), answer.afterMs ?? 0); // at once unless it says
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
