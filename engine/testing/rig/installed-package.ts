/** What `npm install -g` makes of a packed archive in an empty place, and who its programs call from there. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Installed {
  /** The command, as the PATH finds it. */
  readonly command: string;
  /** The package's own folder. */
  readonly root: string;
}

/** What npm says where no registry answers. */
const NO_REGISTRY = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTCACHED)\b/;

/** As README says it, with what npm keeps on this machine before it asks the registry; a sentence where there is none to ask. */
export function installGlobally(archive: string, prefix: string, cwd: string): Installed | string {
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const { status, stderr } = spawnSync('npm', ['install', '-g', '--prefix', prefix, ...flags, archive], {
    cwd,
    encoding: 'utf8',
  });
  if (status === 0) {
    return { command: join(prefix, 'bin', 'earshot'), root: join(prefix, 'lib', 'node_modules', 'earshot') };
  }
  const code = NO_REGISTRY.exec(stderr)?.[0];
  if (code === undefined) throw new Error(`npm install failed:\n${stderr}`);
  return `no package registry answers (${code})`;
}

export interface CallWatch {
  /** With it a Node process, its threads too, writes down each host beyond this machine that it would connect to. */
  readonly env: Readonly<Record<string, string>>;
  /** One a line; empty: none. */
  readonly calls: () => string;
}

const WATCH = `
import { appendFileSync } from 'node:fs';
import net from 'node:net';
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [first, second] = args.flat();
  const options = typeof first === 'object' && first !== null ? first : { port: first, host: second };
  const host = options.path === undefined ? (options.host ?? 'localhost') : 'localhost';
  if (!/^(?:localhost|127\\.[\\d.]+|::1)$/.test(host)) appendFileSync(process.env.WATCHED_CALLS, host + '\\n');
  return connect.apply(this, args);
};
`;

export function watchCalls(folder: string): CallWatch {
  const [module, found] = [join(folder, 'watch-calls.mjs'), join(folder, 'calls.txt')];
  writeFileSync(module, WATCH);
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(module).href}`, WATCHED_CALLS: found },
    calls: () => (existsSync(found) ? readFileSync(found, 'utf8') : ''),
  };
}
