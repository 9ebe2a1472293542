/**
 * Why a broker does not do what it was asked, for whoever has to mend it: in its own words, and what these mean for a
 * configuration, ours or its own. No subject beyond its family, no credentials.
 */
import { JetStreamApiError } from '@nats-io/jetstream';
import { PermissionViolationError, TimeoutError } from '@nats-io/transport-node';
import { reasonOf } from '../../core/errors.ts';
import { publicWords } from './redact-address.ts';

/** What the server says, or what the socket says, and what it means. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/authorization|authentication|credentials/i, 'check nats.credentials, nats.user and nats.password, or nats.token'],
  [/does not support 'tls'/i, 'remove nats.tls, or turn TLS on there'],
  [/alert|ECONNRESET.*tls/i, 'it does not take our certificate: check nats.tls.cert and nats.tls.key'],
  [
    /does not match certificate/i,
    'its certificate is for another name or address: name the server in nats.servers as the certificate does',
  ],
  [/certificate/i, 'its certificate is not trusted: name its authority in nats.tls.ca'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no host of this name: check nats.servers'],
  [/^timeout$/i, 'no answer in time: check that nats.servers names a nats-server, and that nothing is in the way'],
];

/** Of an attempt to connect. */
export function connectReason(thrown: unknown): string {
  const said = publicWords(reasonOf(thrown));
  const hint = HINTS.find(([words]) => words.test(said))?.[1];
  return hint === undefined ? said : `${said} (${hint})`;
}

const NO_LEADER = 'in a cluster it has no leader while fewer than half of its servers are up';

/** Of a request to JetStream. */
export function jetstreamReason(thrown: unknown): string {
  // The client has a class for it, and does not export that.
  if (thrown instanceof Error && thrown.name === 'JetStreamNotEnabled') {
    return thrown.cause instanceof JetStreamApiError
      ? 'JetStream is not enabled for the account of this user: add `jetstream: enabled` to it'
      : 'JetStream is not enabled on this nats-server: start it with -js, or with `jetstream {}` in its configuration';
  }
  const cause = [thrown, thrown instanceof Error ? thrown.cause : undefined];
  const refused = cause.find((error) => error instanceof PermissionViolationError);
  if (refused !== undefined) return permissionReason(refused);
  const said = publicWords(reasonOf(thrown));
  if (cause.some((error) => error instanceof TimeoutError)) return `JetStream does not answer: ${NO_LEADER}`;
  if (thrown instanceof JetStreamApiError && thrown.status === 503) return `${said}: ${NO_LEADER}`;
  return said;
}

/** Our consumers have a new name each, and behind it comes what they read. */
const CONSUMER_NAME = /\.earshot-.*$/;

/** The subject of a request to JetStream names what was asked; of any other only the family may be shown. */
export function permissionReason({ operation, subject }: { operation: string; subject: string }): string {
  const named = subject.startsWith('_INBOX.')
    ? '_INBOX.>'
    : publicWords(`"${subject.replace(CONSUMER_NAME, '.>')}"`).replaceAll('"', '');
  const may = operation === 'subscription' ? 'subscribe' : 'publish';
  return `this user may not ${may} to ${named}: what it must be allowed is in engine/README.md`;
}

/** Errors of JetStream's API that say: it does not fit what the server or the account may hold. */
const NO_SPACE: ReadonlySet<number> = new Set([
  10_002, // resource limits of the account
  10_005, // no suitable peers for placement
  10_023, // insufficient resources
  10_027, // maximum number of streams
  10_028, // memory resources
  10_047, // storage resources
  10_074, // replicas on a server that is alone
  10_113, // the account demands max_bytes
  10_120, // no limits of the account for that many replicas
  10_122, // more bytes than a stream of the account may have
]);

export function isNoSpace(error: JetStreamApiError): boolean {
  return NO_SPACE.has(error.code);
}
