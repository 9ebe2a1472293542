/** Certificates for tests, made by `openssl`: an authority of their own, and servers' certificates that it signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Authority {
  readonly folder: string;
  /** What clients trust. */
  readonly ca: string;
  readonly caFile: string;
  /** Writes `<name>.pem` and `<name>.key`, signed for localhost; `days` may be negative. */
  issue(name: string, days?: number): { readonly cert: string; readonly key: string };
}

export const PASSPHRASE = 'correct horse battery staple';

export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
  const path = (name: string): string => join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const caFile = path('ca.pem');
  openssl(['req', '-x509', ...curve, '-keyout', path('ca.key'), '-out', caFile, '-subj', '/CN=Test CA', '-days', '2']);
  writeFileSync(path('san.txt'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  return {
    folder,
    ca: readFileSync(caFile, 'utf8'),
    caFile,
    issue(name, days = 1) {
      const [cert, key, request] = [path(`${name}.pem`), path(`${name}.key`), path(`${name}.csr`)];
      openssl(['req', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${name}`]);
      const signed = ['-CA', caFile, '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('san.txt')];
      openssl(['x509', '-req', '-in', request, ...signed, '-days', String(days), '-out', cert]);
      return { cert, key };
    },
  };
}

export function openssl(args: readonly string[], input?: string): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], input, timeout: 120_000 });
}

/** Every line of key material in these files: none of it may be in a log, an error or an answer. */
export function keyLines(...files: readonly string[]): string[] {
  return files
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.length >= 16 && !line.startsWith('-----'));
}
