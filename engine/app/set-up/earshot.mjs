#!/usr/bin/env node
// What `npx earshot` runs: the built command line; in a clone that has not built it yet, it builds it once, or says what comes first.
// Plain Node, no dependency: it runs before there are any. stdout holds results only.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = new URL('../../../dist/earshot.js', import.meta.url);
const compiler = new URL('../../../node_modules/typescript/package.json', import.meta.url);

if (!existsSync(built)) {
  if (!existsSync(compiler)) {
    process.stderr.write(
      'earshot: this clone is not set up yet: `npm start` sets it up and runs the demo; or `npm install`, then this command again builds it.\n',
    );
    process.exit(2);
  }
  process.stderr.write('earshot: building once …\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write('earshot: the build failed: see above; `npm install` brings what it needs.\n');
    process.exit(2);
  }
}
await import(built.href);
