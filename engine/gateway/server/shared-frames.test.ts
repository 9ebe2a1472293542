import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SharedFrames } from './shared-frames.ts';

const KEY_LINE = /sec-websocket-key: (\S+)/i;

it('frames a message once for all it goes to, and again for the next', () => {
  const frames = new SharedFrames();
  const [a, b] = [Buffer.from('a'), Buffer.from('a')];
  const first = frames.of(a, false);
  expect(frames.of(a, false)).toBe(first);
  expect(frames.of(b, false)).not.toBe(first);
  expect(Buffer.from(frames.of(b, false)).toString('hex')).toBe('810161');
  expect(Buffer.from(frames.of(b, true)).toString('hex')).toBe('820161');
});

it('frames every length as a client reads it', async () => {
  const lengths = [0, 1, 125, 126, 127, 0xffff, 0x1_0000, 0x1_0001];
  const frames = new SharedFrames();
  const server = createServer((socket) => {
    socket.once('data', (head) => {
      const key = KEY_LINE.exec(head.toString())?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      for (const length of lengths) socket.write(frames.of(Buffer.alloc(length, 'x'), length % 2 === 0));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  try {
    const got: [number, boolean][] = [];
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (data: Buffer, binary: boolean) => {
        got.push([data.length, binary]);
        if (got.length === lengths.length) resolve();
      });
    });
    expect(got).toEqual(lengths.map((length) => [length, length % 2 === 0]));
  } finally {
    client.terminate();
    server.close();
  }
});
