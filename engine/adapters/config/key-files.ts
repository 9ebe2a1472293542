/** Files of keys that a configuration names, looked at before anything is tried with them: a wrong one is no matter of patience. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { EngineError, reasonOf } from '../../core/errors.ts';

export interface TlsFiles {
  readonly ca?: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}
export interface TlsTexts {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Throws EngineError CONFIG_NOT_FOUND, or CONFIG_INVALID where they are no PEM or do not belong together. */
export function tlsTexts(files: TlsFiles): TlsTexts {
  const [ca, cert, key] = [files.ca, files.cert, files.key].map((file) => (file == null ? undefined : textOf(file)));
  try {
    createSecureContext({ cert, key });
    // Of an authority that is none `createSecureContext` says nothing.
    if (ca !== undefined) new X509Certificate(ca);
  } catch (thrown) {
    const named = [files.ca, files.cert, files.key].filter((file) => file != null).join(', ');
    const why = `${named}: expected a certificate, and the key that belongs to it, as PEM: ${reasonOf(thrown)}`;
    throw new EngineError('CONFIG_INVALID', [why], { cause: thrown });
  }
  return { ca, cert, key };
}

/** What a `.creds` file holds. Throws EngineError CONFIG_NOT_FOUND, CONFIG_INVALID. */
export function credentialsText(file: string): string {
  const text = textOf(file);
  const isWhole = /-BEGIN NATS USER JWT-/.test(text) && /-BEGIN USER NKEY SEED-/.test(text);
  if (!isWhole)
    throw new EngineError('CONFIG_INVALID', [`${file}: expected a user's JWT and seed, as nsc writes them`]);
  return text;
}

/** The seed of an nkey, as `nk -gen user` writes it. Throws EngineError CONFIG_NOT_FOUND, CONFIG_INVALID. */
export function nkeySeed(file: string): Uint8Array {
  const seed = /^\s*(SU[A-Z2-7]{56})\s*$/.exec(textOf(file))?.[1];
  if (seed === undefined)
    throw new EngineError('CONFIG_INVALID', [`${file}: expected the seed of a user's nkey, which begins with SU`]);
  return new TextEncoder().encode(seed);
}

function textOf(file: string): string {
  // An error would repeat it, key and all.
  if (file.includes('-----') || /[\r\n]/.test(file)) {
    throw new EngineError('CONFIG_INVALID', ['expected the path of a file of keys, found what such a file holds']);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new EngineError('CONFIG_NOT_FOUND', [file, reasonOf(thrown)], { cause: thrown });
  }
}
