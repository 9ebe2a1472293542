/** A real nginx with its folder, on a free port of this machine. Users need only Node: tests skip where it is missing. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = process.env['NGINX_BIN'] ?? 'nginx';
export const NO_NGINX =
  spawnSync(BINARY, ['-v']).error === undefined
    ? undefined
    : 'skipped: no nginx here (apt-get install nginx-light, or NGINX_BIN)';

export interface Nginx {
  readonly port: number;
  stop(): Promise<void>;
}

/** `block`: what stands within `http {}`, for the port it is given: a free one, or `fixed`. */
export async function startNginx(block: (port: number) => string, fixed?: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-nginx-'));
  const port = fixed ?? (await freePort());
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const config = join(folder, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http { access_log off; ${temporary.join(' ')}
${block(port)}
}
`,
  );
  const child = spawn(BINARY, ['-e', `${folder}/error.log`, '-p', folder, '-c', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = performance.now() + 120_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > end) {
      await stop();
      throw new Error(`nginx did not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { port, stop };
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
