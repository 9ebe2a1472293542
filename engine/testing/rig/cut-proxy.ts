/** A TCP relay in front of a server, that can cut the way to it: by closing what passes, or by holding it back as a dead network does. */
import { createServer, connect, type Server, type Socket } from 'node:net';

export interface CutProxy {
  readonly port: number;
  /** Closes all connections; new ones are closed at once. */
  cut(): void;
  /** Nothing passes any more, in either direction, and nobody notices. */
  hold(): void;
  /** What was held goes on; new connections pass. */
  mend(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** In front of `port` on loopback. */
export async function startCutProxy(port: number): Promise<CutProxy> {
  const pairs = new Set<Pair>();
  let state: 'open' | 'cut' | 'held' = 'open';
  const server: Server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const pair = { near, far: connect(port, '127.0.0.1') };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      pair.far.destroy();
    };
    for (const [from, to] of [
      [near, pair.far],
      [pair.far, near],
    ] as const) {
      from.on('data', (data: Buffer) => to.write(data));
      from.once('error', end);
      from.once('close', end);
    }
    if (state === 'held') pauseBoth(pair);
    else near.resume();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut: () => {
      state = 'cut';
      for (const { near, far } of [...pairs]) {
        near.destroy();
        far.destroy();
      }
    },
    hold: () => {
      state = 'held';
      for (const pair of pairs) pauseBoth(pair);
    },
    mend: () => {
      state = 'open';
      for (const { near, far } of pairs) {
        near.resume();
        far.resume();
      }
    },
    close: () => {
      for (const { near, far } of [...pairs]) {
        near.destroy();
        far.destroy();
      }
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function pauseBoth({ near, far }: Pair): void {
  near.pause();
  far.pause();
}
