/**
 * The certificate in use. Its files are looked at every half minute, by what they hold and not by their dates: tools that
 * renew certificates write over them, rename, or turn a link. One that cannot be used changes nothing: the old one stays, and the
 * log says why, once for each such state.
 */
import { EngineError } from '../../core/errors.ts';
import { single, type Family } from '../../core/metrics.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts';

export interface ServedCertificateOptions {
  readonly files: CertificateFiles;
  readonly log: Logger;
  now(): Millis;
  /** How often the files are looked at. */
  readonly lookMs?: Millis;
}

const LOOK_MS: Millis = 30_000;
/** So long before its end the log warns of it, once a day. */
const EXPIRES_SOON_MS: Millis = 14 * 86_400_000;
const DAY_MS: Millis = 86_400_000;

export class ServedCertificate {
  readonly #options: ServedCertificateOptions;
  readonly #timer: NodeJS.Timeout;
  #current: Certificate;
  #renewed: (certificate: Certificate) => void = () => undefined;
  #refusal: string | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;

  /** Throws EngineError CONFIG_NOT_FOUND, CONFIG_INVALID. */
  constructor(options: ServedCertificateOptions) {
    this.#options = options;
    this.#current = readCertificate(options.files);
    this.#warnOfItsEnd();
    this.#timer = setInterval(() => this.look(), options.lookMs ?? LOOK_MS).unref();
  }

  get current(): Certificate {
    return this.#current;
  }

  /** `use` is called with every certificate that takes the place of the one in use. */
  onRenewed(use: (certificate: Certificate) => void): void {
    this.#renewed = use;
  }

  /** Reads the files again. Never throws. */
  look(): void {
    const { files, log } = this.#options;
    let found: Certificate;
    try {
      found = readCertificate(files);
      this.#mustLastLonger(found);
    } catch (thrown) {
      this.#refuse(thrown instanceof EngineError ? thrown.message : 'the files cannot be read');
      return;
    }
    this.#refusal = undefined;
    if (found.fingerprint !== this.#current.fingerprint || found.cert !== this.#current.cert) {
      this.#current = found;
      this.#renewed(found);
      this.#warnedAt = Number.NEGATIVE_INFINITY;
      log.info('the renewed certificate is in use', { until: new Date(found.notAfter).toISOString() });
    }
    this.#warnOfItsEnd();
  }

  families(): Family[] {
    const help = 'When the certificate in use ends (Unix time).';
    return [single('earshot_gateway_certificate_not_after_seconds', 'gauge', help, this.#current.notAfter / 1_000)];
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One that holds now is not given up for one that does not. */
  #mustLastLonger(found: Certificate): void {
    const now = this.#options.now();
    if (holds(found, now) || !holds(this.#current, now)) return;
    throw new EngineError('CONFIG_INVALID', [
      `http.tls.cert: ${this.#options.files.cert} ${found.notAfter <= now ? 'has expired' : 'is not valid yet'}`,
    ]);
  }

  #refuse(why: string): void {
    if (why === this.#refusal) return;
    this.#refusal = why;
    this.#options.log.error('the changed certificate is not used, the one before stays', { because: why });
  }

  #warnOfItsEnd(): void {
    const now = this.#options.now();
    if (this.#current.notAfter - now > EXPIRES_SOON_MS || now - this.#warnedAt < DAY_MS) return;
    this.#warnedAt = now;
    this.#options.log.warn('the certificate ends soon, or has ended: renew it, no restart is needed', {
      until: new Date(this.#current.notAfter).toISOString(),
    });
  }
}

function holds(certificate: Certificate, now: Millis): boolean {
  return certificate.notBefore <= now && now < certificate.notAfter;
}
