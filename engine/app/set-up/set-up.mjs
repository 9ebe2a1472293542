// Makes a fresh clone able to run (`start`), to be tested (`test`) or measured (`bench`): dependencies, build, nats-server, and a
// browser for tests.
// Plain Node, no dependency: it runs before there are any. Idempotent; when nothing changed it only looks.
// What isn't available is said in one sentence, with how to get it, and ends with exit code 2.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const LEAST_NODE = [20, 19];

/** @param {string} sentence @returns {never} */
function giveUp(sentence) {
  process.stderr.write(`earshot: ${sentence}\n`);
  process.exit(2);
}
/** @param {string} line */
function say(line) {
  process.stderr.write(`earshot: ${line}\n`);
}

/** @param {string} name @returns {string | null} */
function onPath(name) {
  for (const folder of [
    ...(process.env['PATH'] ?? '') /* a process without one */
      .split(delimiter),
    '/usr/sbin',
    '/usr/bin',
  ]) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue; // not there: look in the next folder
    }
  }
  return null;
}

/** @param {string} command @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} [options] */
function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options }).status === 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    giveUp(
      `Node.js ${LEAST_NODE.join('.')} or newer is needed, this is ${process.versions.node}: install it from nodejs.org or your distribution.`,
    );
  }
}

/** @param {readonly string[]} files */
function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.update(process.versions.node).digest('hex');
}

/** @param {string} stamp @param {string} value */
function isCurrent(stamp, value) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
}

function installDependencies() {
  const stamp = join(root, 'node_modules', '.earshot-setup');
  const wanted = digest(['package.json', 'package-lock.json']);
  if (isCurrent(stamp, wanted)) return;
  say('installing the dependencies (npm ci) …');
  // Besides .npmrc, which newer versions of npm do not pass on.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env })) {
    giveUp('npm ci failed (see above): check the connection to your npm registry, then run the command again.');
  }
  writeFileSync(stamp, wanted);
}

/** Names, sizes and times of all sources: cheap, and enough to know whether to build. */
function sourceState() {
  const hash = createHash('sha256').update(digest(['package-lock.json']));
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!['node_modules', 'dist', 'dist-bench', '.git', '.earshot', '.ci', 'coverage'].includes(entry.name))
          walk(path);
      } else if (/\.(ts|mjs|html|css|svg)$|^tsconfig.*\.json$/.test(entry.name) && !entry.name.endsWith('.test.ts')) {
        const { size, mtimeMs } = statSync(join(root, path));
        hash.update(`${path} ${size} ${mtimeMs}\n`);
      }
    }
  };
  walk('');
  return hash.digest('hex');
}

/** Into an empty folder: what is no longer a source must not stay there. @param {string} folder @param {string} script */
function build(folder, script) {
  const stamp = join(root, folder, '.earshot-build');
  const wanted = sourceState();
  if (isCurrent(stamp, wanted)) return;
  say('building …');
  rmSync(join(root, folder), { recursive: true, force: true });
  if (!run('npm', ['run', '--silent', script])) giveUp('the build failed (see above).');
  writeFileSync(stamp, wanted);
}

/** @param {readonly string[]} packages */
function aptInstall(packages) {
  if (onPath('apt-get') === null) return false;
  const asRoot =
    process.getuid?.() === 0
      ? []
      : onPath('sudo') !== null && run('sudo', ['-n', 'true'], { stdio: 'ignore' })
        ? ['sudo', '-n']
        : null;
  if (asRoot === null) return false;
  const [command = '', ...before] = [...asRoot, 'apt-get'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run(command, [...before, 'install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      stdio: ['ignore', 'ignore', 2],
    });
  return (
    install() || (run(command, [...before, 'update', '-qq'], { env, stdio: ['ignore', 'ignore', 2] }) && install())
  );
}

/** Without root a Debian package can still be unpacked beside the store. */
function unpackNatsServer() {
  const folder = join(root, '.earshot', 'bin');
  if (onPath('apt-get') === null || onPath('dpkg') === null) return false;
  mkdirSync(folder, { recursive: true });
  if (!run('apt-get', ['download', '-qq', 'nats-server'], { cwd: folder, stdio: 'ignore' })) return false;
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (deb === undefined || !run('dpkg', ['-x', deb, 'unpacked'], { cwd: folder })) return false;
  for (const place of ['usr/sbin', 'usr/bin']) {
    const binary = join(folder, 'unpacked', place, 'nats-server');
    if (!existsSync(binary)) continue;
    execFileSync('cp', [binary, join(folder, 'nats-server')]);
    return true;
  }
  return false;
}

function provideNatsServer() {
  const named = process.env['NATS_SERVER_BIN'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      giveUp(`NATS_SERVER_BIN names ${named}, which does not exist: correct it, or unset it to have one installed.`);
    return;
  }
  if (onPath('nats-server') !== null || existsSync(join(root, '.earshot', 'bin', 'nats-server'))) return;
  say('installing nats-server …');
  if (aptInstall(['nats-server']) || unpackNatsServer()) return;
  giveUp(
    'nats-server is missing and could not be installed here (that takes Debian or Ubuntu, as root): get it from nats.io/download or your package manager, put it on the PATH or name it in NATS_SERVER_BIN, and run the command again.',
  );
}

function provideBrowser() {
  const named = process.env['CHROMIUM_BIN'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      giveUp(`CHROMIUM_BIN names ${named}, which does not exist: correct it, or unset it to have one installed.`);
    return;
  }
  if (onPath('chromium') !== null) return;
  say('installing chromium for the browser tests …');
  if (aptInstall(['chromium', 'fonts-noto-cjk'])) return;
  giveUp(
    'chromium is missing and could not be installed here (that takes Debian, as root): install it, or name a Chromium in CHROMIUM_BIN, and run the command again.',
  );
}

const [purpose = 'start'] = process.argv.slice(2);
if (!['start', 'test', 'bench'].includes(purpose)) giveUp(`set-up takes "start", "test" or "bench", not "${purpose}".`);
checkNode();
installDependencies();
build('dist', 'build');
if (purpose === 'bench') build('dist-bench', 'build:bench');
provideNatsServer();
if (purpose === 'test') provideBrowser();
