/** Ports of this machine alone: which is free, and who listens on one. */
import { createConnection, createServer } from 'node:net';
import { EngineError } from '../../core/errors.ts';

/** Free now; whoever is to listen on it may come second. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new EngineError('NATS_SERVER_FAILED', ['no free port']));
      });
    });
  });
}

/** Whether the nats-server of that name greets on the port: another process may hold it. */
export function answersAs(port: number, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let greeting = '';
    const end = (isOurs: boolean): void => {
      socket.destroy();
      resolve(isOurs);
    };
    socket.setTimeout(1000, () => end(false));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      greeting += text;
      if (greeting.includes('\r\n')) end(greeting.includes(`"server_name":"${name}"`));
    });
    socket.on('error', () => end(false));
    socket.on('close', () => resolve(false));
  });
}
