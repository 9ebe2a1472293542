/** The public keys that tokens are verified by: from a file, or fetched over https and kept. */
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { isSafeKeyAddress } from '../../core/text/addresses.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';

/** Signatures only: with a public key set, HS256 would let anybody sign with the public key. */
export const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

/** Throws EngineError CONFIG_INVALID. */
export function keySet(place: string): JWTVerifyGetKey {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return fileKeySet(place);
  // Whoever sits on the line of an unencrypted one could sign as anybody.
  if (!isSafeKeyAddress(place)) {
    throw new EngineError('CONFIG_INVALID', ['http.auth.jwks: expected an https URL or the path of a file']);
  }
  return createRemoteJWKSet(new URL(place), { timeoutDuration: 5_000, cooldownDuration: 30_000 });
}

/** Throws EngineError CONFIG_INVALID. */
export function fileKeySet(file: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    throw new EngineError('CONFIG_INVALID', [`http.auth.jwks: ${file} holds no JWKS: ${reasonOf(error)}`], {
      cause: error,
    });
  }
}
