/**
 * The server's certificate and its key: read, checked to belong together, and read again while the server runs, so that a
 * renewed certificate needs no restart. No fault quotes what a file holds: where a path was expected and PEM text was given,
 * not even the "path".
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { EngineError } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The server's certificate first, then those that lead to its authority. May hold the key too. */
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly notBefore: Millis;
  readonly notAfter: Millis;
  /** SHA-256 of the server's own certificate, which is public. */
  readonly fingerprint: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/g;
const ENCRYPTED = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/;

/** Throws EngineError CONFIG_NOT_FOUND or CONFIG_INVALID, which name the file and the setting. */
export function readCertificate(files: CertificateFiles): Certificate {
  const chain = certificatesOf(textOf('http.tls.cert', files.cert), files.cert);
  const { pem, key } = keyOf(textOf('http.tls.key', files.key), files.key);
  const own = at(chain, 0);
  if (!own.checkPrivateKey(key)) {
    const isLater = chain.some((one) => one.checkPrivateKey(key));
    throw invalid(
      isLater
        ? `http.tls.cert: in ${files.cert} the server's own certificate does not come first: put it before those of its authorities`
        : `http.tls.key: the key in ${files.key} does not belong to the certificate in ${files.cert}: name the key it was made with`,
    );
  }
  const cert = chain.map((one) => one.toString()).join('');
  try {
    createSecureContext({ cert, key: pem, minVersion: 'TLSv1.3' });
  } catch (thrown) {
    throw invalid(`http.tls: ${files.cert} and ${files.key} cannot be served: ${codeOf(thrown)}`);
  }
  return {
    cert,
    key: pem,
    notBefore: Date.parse(own.validFrom),
    notAfter: Date.parse(own.validTo),
    fingerprint: own.fingerprint256,
  };
}

function certificatesOf(text: string, file: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    throw invalid(
      `http.tls.cert: ${file} holds no certificate as PEM (-----BEGIN CERTIFICATE-----); one in DER becomes PEM by: openssl x509 -inform der -in FILE -out FILE.pem`,
    );
  }
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch (thrown) {
      throw invalid(`http.tls.cert: certificate ${i + 1} of ${file} cannot be read: ${codeOf(thrown)}`);
    }
  });
}

function keyOf(text: string, file: string): { readonly pem: string; readonly key: KeyObject } {
  const [pem, ...others] = text.match(PRIVATE_KEY) ?? [];
  if (pem === undefined) {
    throw invalid(`http.tls.key: ${file} holds no private key as PEM (-----BEGIN PRIVATE KEY-----)`);
  }
  if (others.length > 0)
    throw invalid(`http.tls.key: ${file} holds more than one private key: leave the one that counts`);
  if (ENCRYPTED.test(pem)) {
    throw invalid(
      `http.tls.key: the key in ${file} is encrypted by a passphrase: give it without one, readable by Earshot alone: openssl pkey -in FILE -out FILE.plain && chmod 600 FILE.plain`,
    );
  }
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch (thrown) {
    throw invalid(`http.tls.key: the key in ${file} cannot be read: ${codeOf(thrown)}`);
  }
}

function textOf(setting: string, file: string): string {
  if (file === '' || file.includes('-----') || /[\r\n]/.test(file)) {
    throw invalid(`${setting}: found something else than a path: expected the path of a PEM file, not what is in it`);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new EngineError('CONFIG_NOT_FOUND', [file, `${setting}: ${codeOf(thrown)}`]);
  }
}

function invalid(why: string): EngineError {
  return new EngineError('CONFIG_INVALID', [why]);
}

/** The code alone: the words of such an error may quote what was read. */
function codeOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'not of the expected form';
}
