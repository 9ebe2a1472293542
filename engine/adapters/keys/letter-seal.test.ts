import { describe, expect, it } from 'vitest';
import { letterPart } from '../../core/safety/dead-letter.ts';
import { must } from '../../core/must.ts';
import { newKey, publicKeyId } from './kept-keys.ts';
import { letterOpener, letterSeal, sealKeys } from './letter-seal.ts';

const [key, former] = [newKey(), newKey()];
const sealOf = (...keys: readonly string[]) => must(letterSeal(keys));
const letter = { subject: 'cx.events.app.feedback.c-77', seq: 12, index: null };
const of = letterPart(letter, 'bytes');
const original = Buffer.from('{"phone":"13812345678"}');

describe('the seal of dead letters', () => {
  it('hides the original, and opens as that part of that letter', () => {
    const seal = sealOf(key);
    const sealed = seal.seal(original, of);
    expect(Buffer.from(sealed).includes('13812345678')).toBe(false);
    expect(sealed).toHaveLength(original.length + 28);
    const opened = letterOpener([key])(sealed, seal.keyId, of);
    expect('part' in opened && Buffer.from(opened.part).equals(original)).toBe(true);
  });

  it('gives the same letter the same bytes, and another letter or another part others', () => {
    const seal = sealOf(key);
    const bytes = (part: Uint8Array, as: string): string => Buffer.from(seal.seal(part, as)).toString('base64');
    expect(bytes(original, of)).toBe(bytes(original, of));
    const others = [
      bytes(original, letterPart({ ...letter, seq: 13 }, 'bytes')),
      bytes(original, letterPart({ ...letter, index: 0 }, 'bytes')),
      bytes(original, letterPart(letter, 'headers')),
      bytes(Buffer.from('{"phone":"13812345679"}'), of),
    ];
    expect(new Set([bytes(original, of), ...others].map((one) => one.slice(0, 16))).size).toBe(5);
  });

  it.each<[string, (sealed: Uint8Array) => [Uint8Array, string]]>([
    ['changed by one bit', (sealed) => [sealed.map((byte, i) => (i === 20 ? byte ^ 1 : byte)), of]],
    ['cut', (sealed) => [sealed.subarray(0, -1), of]],
    ['cut to nothing', () => [new Uint8Array(), of]],
    ['put in the place of another letter', (sealed) => [sealed, letterPart({ ...letter, seq: 13 }, 'bytes')]],
    ['put in the place of another part', (sealed) => [sealed, letterPart(letter, 'headers')]],
  ])('stays shut where it was %s', (_, change) => {
    const seal = sealOf(key);
    const [sealed, as] = change(seal.seal(original, of));
    expect(letterOpener([key])(sealed, seal.keyId, as)).toEqual({ fault: expect.stringMatching(/changed/) as string });
  });

  it('opens with former keys what they sealed, and names the key that is missing, not what it is', () => {
    const old = sealOf(former);
    const sealed = old.seal(original, of);
    expect(letterOpener([key, former])(sealed, old.keyId, of)).toHaveProperty('part');
    const { fault } = letterOpener([key])(sealed, old.keyId, of) as { fault: string };
    expect(fault).toContain(publicKeyId(former));
    expect(fault).not.toContain(former);
  });

  it('takes its key from the configuration, else from the environment; without one nothing is sealed', () => {
    const env = { EARSHOT_SEAL_KEY: `${former}, ${key}` };
    expect(sealKeys({ key, former: [former] }, env)).toEqual([key, former]);
    expect(sealKeys({ key: null, former: [] }, env)).toEqual([former, key]);
    expect(sealKeys({ key: null, former: [] }, { EARSHOT_SEAL_KEY: '' })).toEqual([]);
    expect(letterSeal([])).toBeNull();
  });

  it('refuses a key that can be guessed by name, and does not quote it', () => {
    const guess = { EARSHOT_SEAL_KEY: 'guessable' };
    expect(() => sealKeys({ key: null, former: [] }, guess)).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
    expect(() => sealKeys({ key: null, former: [] }, guess)).toThrow(expect.not.stringContaining('guessable'));
  });
});
