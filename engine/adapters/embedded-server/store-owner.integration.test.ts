import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf, ownStore } from './store-owner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ended = { pid: process.pid, began: 'long ago' };

function leave(server: unknown = null): void {
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ owner: ended, server }));
}
function ownerIn(): unknown {
  return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'));
}

/** A process that takes the store each time it is asked to, says how that went, and gives it free when asked to. */
class Contender {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(script: string) {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }
  async ask(command: string): Promise<string> {
    this.#child.stdin?.write(`${command}\n`);
    return String((await this.#answers.next()).value);
  }
  end(): void {
    this.#child.kill('SIGKILL');
  }
}

describe('ownStore', () => {
  it('goes to one of those that find a killed owner and the server it left at the same moment', async () => {
    const server = spawn('sleep', ['60'], { stdio: 'ignore' });
    leave(markOf(server.pid ?? 0));
    const taken = await Promise.allSettled([ownStore(folder), ownStore(folder), ownStore(folder)]);
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const one of taken) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'STORE_IN_USE' });
    }
    expect(markOf(server.pid ?? 0)).toBeUndefined();
    expect(ownerIn()).toEqual({ owner: markOf(process.pid), server: null });
    expect(readdirSync(folder)).toEqual(['owner.json']);
  });

  it(
    'goes to one process of several that start at the same moment, after a kill as well',
    { timeout: 300_000 },
    async () => {
      const script = join(folder, 'contender.mjs');
      const contents = `import { createInterface } from 'node:readline';
import { ownStore } from './store-owner.ts';
let owner;
for await (const line of createInterface({ input: process.stdin })) {
  let answer = 'free';
  if (line === 'release') { owner?.release(); owner = undefined; }
  else {
    while (Date.now() < Number(line)); // all at once
    answer = await ownStore(${JSON.stringify(folder)}).then((one) => { owner = one; return 'own'; }, (error) => error.code);
  }
  process.stdout.write(answer + '\\n');
}`;
      buildSync({
        stdin: { contents, resolveDir: import.meta.dirname },
        bundle: true,
        platform: 'node',
        format: 'esm',
        outfile: script,
      });
      const contenders = Array.from({ length: 4 }, () => new Contender(script));
      try {
        for (const one of contenders) await one.ask('release');
        for (let round = 0; round < 60; round++) {
          // Every other time, a killed owner and its server were there before.
          if (round % 2 === 0) leave(markOf(spawn('sleep', ['60'], { stdio: 'ignore' }).pid ?? 0));
          const at = String(Date.now() + 5);
          const answers = await Promise.all(contenders.map((one) => one.ask(at)));
          expect(answers.sort(), `round ${String(round)}`).toEqual([
            'STORE_IN_USE',
            'STORE_IN_USE',
            'STORE_IN_USE',
            'own',
          ]);
          await Promise.all(contenders.map((one) => one.ask('release')));
        }
        expect(readdirSync(folder)).toEqual(['contender.mjs']);
      } finally {
        for (const one of contenders) one.end();
      }
    },
  );

  it('goes on from whoever was killed while taking it, and from a file that is torn', async () => {
    leave();
    const succession = `owner.json.after-${String(ended.pid)}-${ended.began}`;
    writeFileSync(
      join(folder, succession),
      JSON.stringify({ owner: { pid: process.pid, began: 'later' }, server: null }),
    );
    (await ownStore(folder)).release();
    writeFileSync(join(folder, 'owner.json'), '{"own');
    (await ownStore(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
