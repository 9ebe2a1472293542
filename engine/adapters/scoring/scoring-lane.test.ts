import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { letOut, ScoringLane } from './scoring-lane.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lane-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lane = (hangMs = 10_000, options: unknown = {}): ScoringLane =>
  new ScoringLane({
    runner: new URL('../testing/faulty-runner.fixture.mjs', import.meta.url),
    dir: 'v1',
    options,
    hangMs,
    startMs: 30_000,
  });

/** What the pretended native code writes when it is entered and left. */
function nativeFile(): { readonly path: string; read(): string } {
  const path = join(folder, 'native');
  writeFileSync(path, '');
  return { path, read: () => readFileSync(path, 'utf8') };
}
const entered = (file: { read(): string }): Promise<unknown> =>
  vi.waitUntil(() => file.read() !== '', { timeout: 120_000, interval: 1 });

describe('a thread in native code, whose end would take the process with it', () => {
  it('is let out before it is ended, and enters no more', async () => {
    const file = nativeFile();
    const one = lane();
    await one.start();
    const running = one.run([`native 200 ${file.path}`, `native 200 ${file.path}`]);
    await entered(file);
    await one.close();
    expect(await running).toMatchObject({ kind: expect.stringMatching(/died|threw|hung/) as unknown });
    expect(file.read()).toBe('entered left');
  });

  it('is let out too where it is still loading its model', async () => {
    const file = nativeFile();
    const one = lane(10_000, { nativeLoad: file.path });
    const starting = one.start().catch(() => undefined);
    await entered(file);
    await one.close();
    await starting;
    expect(file.read()).toBe('entered left');
  });

  it('is let out before the process exits, which waits for it and for nothing else', async () => {
    const file = nativeFile();
    const one = lane();
    await one.start();
    const running = one.run([`native 200 ${file.path}`, `native 200 ${file.path}`]);
    await entered(file);
    expect(process.listeners('exit')).toContain(letOut);
    letOut();
    expect(file.read()).toBe('entered left');
    expect(await running).toMatchObject({ kind: expect.stringMatching(/died|threw/) as unknown });
    await one.close();
  });
});
