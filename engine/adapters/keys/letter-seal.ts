/**
 * The seal of dead letters: AES-256-GCM under `seal.key`, bound to the letter, so that none can be put in another's place. The
 * nonce is a MAC of the letter and its content: the same letter is sealed to the same bytes, also when it is written again after
 * a crash, and two different ones never share a nonce.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { LetterSeal } from '../../core/safety/dead-letter.ts';
import { at } from '../../core/must.ts';
import { checkedKey, publicKeyId } from './kept-keys.ts';

const SEAL_ALGORITHM = 'A256GCM';
const VARIABLE = 'EARSHOT_SEAL_KEY';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `seal`: structurally that of the configuration. */
export interface SealSettings {
  readonly key: string | null;
  readonly former: readonly string[];
}

/** The first seals, all open; empty: nothing is sealed. Throws EngineError KEY_UNUSABLE. */
export function sealKeys(
  { key, former }: SealSettings,
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const old = former.map((one) => checkedKey(one, 'seal.former'));
  if (key !== null) return [checkedKey(key, 'seal.key'), ...old];
  const given = env[VARIABLE];
  if (given === undefined || given === '') return [];
  return [...given.split(',').map((one) => checkedKey(one.trim(), VARIABLE)), ...old];
}

/** null: there is no key. */
export function letterSeal(keys: readonly string[]): LetterSeal | null {
  if (keys.length === 0) return null;
  const key = at(keys, 0);
  const { cipherKey, nonceKey } = derived(key);
  return {
    keyId: publicKeyId(key),
    algorithm: SEAL_ALGORITHM,
    seal: (part, of) => {
      const mac = createHmac('sha256', nonceKey)
        .update(`${String(of.length)}\n${of}\n`)
        .update(part)
        .digest();
      const nonce = mac.subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(of));
      return Buffer.concat([nonce, cipher.update(part), cipher.final(), cipher.getAuthTag()]);
    },
  };
}

export type Opened = { readonly part: Uint8Array } | { readonly fault: string };

/** Opens what was sealed with any of the keys. Never throws; a fault says why not, without content. */
export function letterOpener(keys: readonly string[]): (sealed: Uint8Array, keyId: string, of: string) => Opened {
  const known = new Map(keys.map((key) => [publicKeyId(key), derived(key).cipherKey]));
  return (sealed, keyId, of) => {
    const cipherKey = known.get(keyId);
    if (cipherKey === undefined) {
      return { fault: `it is sealed with the key ${keyId}, which is neither seal.key nor among seal.former` };
    }
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return { fault: CHANGED };
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(-TAG_BYTES);
    try {
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(of)).setAuthTag(tag);
      return { part: Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]) };
    } catch {
      return { fault: CHANGED };
    }
  };
}

const CHANGED = 'it was changed after it was sealed, or put in the place of another';

function derived(key: string): { readonly cipherKey: Buffer; readonly nonceKey: Buffer } {
  const of = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, 'earshot dead letter v1', purpose, 32));
  return { cipherKey: of('cipher'), nonceKey: of('nonce') };
}
