/** One mail by SMTP: TLS wherever a password is sent, bounded in time, the server's address checked as for HTTP. */
import { isIP, Socket } from 'node:net';
import { promisify } from 'node:util';
import { rootCertificates } from 'node:tls';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { Millis } from '../../core/types.ts';
import { AddressGuard, PrivateAddressError } from './address-guard.ts';
import type { HttpAnswer, HttpFailure } from './outgoing-http.ts';

const CONNECT_MS = 10_000;
const IDLE_MS = 15_000;
/** From the call to the end: a server that drips is left. */
const TOTAL_MS = 30_000;

export interface OutgoingMailMessage {
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** SMTP's answer has its code as status. Never rejects. */
export async function sendMail(
  mail: OutgoingMailMessage,
  options: { readonly allow: readonly string[]; readonly ca: string | null; readonly totalMs?: Millis },
): Promise<{ readonly kind: 'answer'; readonly answer: HttpAnswer } | HttpFailure> {
  const { allow, ca, totalMs = TOTAL_MS } = options;
  const { hostname, port, protocol, username, password } = new URL(mail.server);
  const name = hostname.replace(/^\[|\]$/g, '');
  const progress = { wasSent: false, isLate: false };
  const socket = new Socket();
  const timer = setTimeout(() => {
    progress.isLate = true;
    socket.destroy();
  }, totalMs);
  try {
    const host = await checkedAddress(name, new AddressGuard(allow));
    // Loaded with the first mail: most engines send none.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      ...{ host, socket, logger: watching(progress), transactionLog: true },
      port: port === '' ? (protocol === 'smtps:' ? 465 : 587) : Number(port),
      secure: protocol === 'smtps:',
      requireTLS: username !== '',
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      tls: {
        minVersion: 'TLSv1.2',
        ...(isIP(name) === 0 ? { servername: name } : {}),
        ...(ca === null ? {} : { ca: [...rootCertificates, ca] }),
      },
    });
    const { server: _, inReplyTo, to, headers, ...rest } = mail;
    const threaded = inReplyTo === null ? {} : { inReplyTo, references: inReplyTo };
    const sent = await transport.sendMail({ ...rest, to: [...to], headers: { ...headers }, ...threaded });
    return { kind: 'answer', answer: answerOf(250, sent.response) };
  } catch (error) {
    return resultOf(error, name, progress);
  } finally {
    clearTimeout(timer);
  }
}

type SmtpOptions = SMTPTransport.Options;

interface Progress {
  /** The server was asked to take the message: from then on it may have it. */
  wasSent: boolean;
  isLate: boolean;
}

/** Of all that nodemailer says of a conversation this alone is looked at: nothing of it is kept. */
function watching(progress: Progress): NonNullable<SmtpOptions['logger']> {
  const ignore = (): void => undefined;
  const debug = (_: unknown, text: unknown): void => {
    if (text === 'DATA') progress.wasSent = true;
  };
  return { level: ignore, trace: ignore, debug, info: ignore, warn: ignore, error: ignore, fatal: ignore };
}

async function checkedAddress(name: string, guard: AddressGuard): Promise<string> {
  guard.checkHost(name);
  if (isIP(name) !== 0) return name;
  const lookup = promisify(guard.lookup) as unknown as (
    host: string,
    options: object,
  ) => Promise<string | { readonly address: string }>;
  const found = await lookup(name, {});
  return typeof found === 'string' ? found : found.address;
}

function resultOf(
  error: unknown,
  host: string,
  { wasSent, isLate }: Progress,
): { kind: 'answer'; answer: HttpAnswer } | HttpFailure {
  if (error instanceof PrivateAddressError) return { kind: 'refused', reason: 'private_address', hint: error.message };
  const { code, responseCode } = (error ?? {}) as { code?: string; responseCode?: number }; // anything can be thrown
  if (responseCode !== undefined) return { kind: 'answer', answer: answerOf(responseCode, '') };
  // nodemailer has one code for all that goes wrong with a socket.
  const words = `${code ?? ''} ${error instanceof Error ? error.message : ''}`;
  if (/certificate|altname|\bTLS\b|\bSSL\b|ETLS|wrong version/i.test(words)) {
    return { kind: 'refused', reason: 'tls', hint: `the connection to ${host} is not accepted (${code ?? 'failed'})` };
  }
  const kind = wasSent ? 'unknown' : 'refused';
  if (isLate) return { kind, reason: 'timeout', hint: `${host} took too long` };
  const reason = code === 'ETIMEDOUT' ? 'timeout' : 'network';
  return { kind, reason, hint: `${host} cannot be reached (${code ?? 'failed'})` };
}

function answerOf(status: number, body: string): HttpAnswer {
  return { status, body, header: () => null };
}
