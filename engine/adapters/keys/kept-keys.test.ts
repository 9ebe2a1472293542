import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptKeys, keyFileOf, newKey, readKeys } from './kept-keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('keys that are kept', () => {
  it('are made once, readable by their owner alone, outside the store', () => {
    const file = keyFileOf(join(folder, 'store'), 'control');
    expect(file).toBe(join(folder, 'store.keys', 'control.key'));
    expect(readKeys(file)).toBeUndefined();
    const made = keptKeys(file);
    expect(made).toHaveLength(1);
    expect(made[0]).toMatch(/^[\w-]{43}$/);
    expect(keptKeys(file)).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('are closed to others again where a copy lost its mode', () => {
    const file = join(folder, 'mask.key');
    writeFileSync(file, newKey());
    chmodSync(file, 0o644);
    keptKeys(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are a list while they rotate: the first is used', () => {
    const file = join(folder, 'control.key');
    const [now, before] = [newKey(), newKey()];
    writeFileSync(file, `${now}\n\n${before}\n`, { mode: 0o600 });
    expect(keptKeys(file)).toEqual([now, before]);
    expect(readFileSync(file, 'utf8')).toContain(before);
  });

  it.each([
    ['nothing', '\n'],
    ['too little', 'short-and-guessable\n'],
    ['spaces', `${'a b '.repeat(20)}\n`],
  ])('that hold %s are refused by name, and not quoted', (_, text) => {
    const file = join(folder, 'store.key');
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => keptKeys(file)).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
    expect(() => keptKeys(file)).toThrow(expect.not.stringContaining('guessable'));
  });
});
