import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reasonOf } from '../../core/errors.ts';
import { authority, keyLines, openssl, PASSPHRASE } from '../testing/certificates.fixture.ts';
import { type CertificateFiles, readCertificate } from './certificate.ts';

const ca = authority();
const good = ca.issue('server');
const other = ca.issue('other');
afterAll(() => rmSync(ca.folder, { recursive: true }));

function file(name: string, ...texts: readonly string[]): string {
  const path = join(ca.folder, name);
  writeFileSync(path, texts.join(''));
  return path;
}
const textOf = (path: string): string => readFileSync(path, 'utf8');

function fault(files: CertificateFiles): string {
  try {
    readCertificate(files);
  } catch (thrown) {
    return reasonOf(thrown);
  }
  throw new Error('it was taken');
}

describe('the certificate and its key', () => {
  it('come from two files, or from one bundle in any order', () => {
    const { fingerprint, notAfter } = readCertificate(good);
    expect(notAfter).toBeGreaterThan(Date.now());
    const bundle = file('bundle.pem', textOf(good.key), textOf(good.cert), ca.ca);
    const both = readCertificate({ cert: bundle, key: bundle });
    expect(both.fingerprint).toBe(fingerprint);
    // The chain is served, the key is not part of it.
    expect(both.cert.match(/BEGIN/g)).toHaveLength(2);
    expect(both.cert).not.toContain('PRIVATE');
  });

  it('are refused with the setting, the file and how to mend it, and nothing of what a file holds', () => {
    openssl([
      'pkey',
      '-in',
      good.key,
      '-aes256',
      '-passout',
      `pass:${PASSPHRASE}`,
      '-out',
      join(ca.folder, 'locked.key'),
    ]);
    openssl(['ec', '-in', good.key, '-aes256', '-passout', `pass:${PASSPHRASE}`, '-out', join(ca.folder, 'old.key')]);
    openssl(['x509', '-in', good.cert, '-outform', 'der', '-out', join(ca.folder, 'server.der')]);
    const [locked, old, der] = ['locked.key', 'old.key', 'server.der'].map((name) => join(ca.folder, name));
    const broken = file('broken.key', textOf(good.key).replace(/\n(.{20})/, '\n====$1'));
    const cases: [what: string, files: CertificateFiles, said: RegExp][] = [
      [
        'no such certificate',
        { ...good, cert: '/nowhere/a.pem' },
        /cannot read \/nowhere\/a\.pem: http\.tls\.cert: ENOENT/,
      ],
      ['no such key', { ...good, key: '/nowhere/a.key' }, /cannot read \/nowhere\/a\.key: http\.tls\.key: ENOENT/],
      ['a folder', { ...good, key: ca.folder }, /http\.tls\.key: EISDIR/],
      [
        'the key of another',
        { ...good, key: other.key },
        /other\.key does not belong to the certificate in .*server\.pem/,
      ],
      ['authority first', { ...good, cert: file('wrong.pem', ca.ca, textOf(good.cert)) }, /does not come first/],
      ['an encrypted key', { ...good, key: locked! }, /locked\.key is encrypted by a passphrase: .*openssl pkey/],
      ['an encrypted key of old', { ...good, key: old! }, /old\.key is encrypted by a passphrase/],
      ['DER', { ...good, cert: der! }, /server\.der holds no certificate as PEM.*openssl x509 -inform der/],
      ['a key for a certificate', { ...good, cert: good.key }, /server\.key holds no certificate/],
      ['a certificate for a key', { ...good, key: good.cert }, /server\.pem holds no private key/],
      ['two keys', { ...good, key: file('two.key', textOf(good.key), textOf(other.key)) }, /more than one private key/],
      ['a broken key', { ...good, key: broken }, /broken\.key cannot be read/],
      [
        'a cut certificate',
        { ...good, cert: file('cut.pem', textOf(good.cert).slice(0, 200)) },
        /holds no certificate/,
      ],
      [
        'texts for paths',
        { cert: textOf(good.cert), key: textOf(good.key) },
        /http\.tls\.cert: found something else than a path/,
      ],
      ['a text for the key', { ...good, key: textOf(good.key) }, /http\.tls\.key: found something else than a path/],
      [
        'a text on one line',
        { ...good, key: textOf(good.key).replaceAll('\n', ' ') },
        /found something else than a path/,
      ],
    ];
    const secrets = [...keyLines(good.key, other.key, locked!, old!), PASSPHRASE];
    for (const [what, files, said] of cases) {
      const reason = fault(files);
      expect(reason, what).toMatch(said);
      for (const secret of secrets) expect(reason.includes(secret), `${what} quotes key material`).toBe(false);
    }
  });

  it('are read as they are now', () => {
    const path = { cert: join(ca.folder, 'now.pem'), key: join(ca.folder, 'now.key') };
    copyFileSync(good.cert, path.cert);
    copyFileSync(good.key, path.key);
    const before = readCertificate(path);
    copyFileSync(other.cert, path.cert);
    expect(() => readCertificate(path)).toThrow('does not belong');
    copyFileSync(other.key, path.key);
    appendFileSync(path.cert, ca.ca);
    expect(readCertificate(path).fingerprint).not.toBe(before.fingerprint);
  });
});
