/**
 * Controls (acknowledgements, silences, switches of models) lie in the input among events, where whoever may
 * publish events may put something. They count only with the gateway's signature, stored close to their own time; what else
 * lies on their subject is bad input, and is reported to the audit.
 */
import { eventIdOf } from '../event.ts';
import { NOT_SCORED } from '../../shared/not-scored.ts';
import { channelOfSubject, INTERNAL_CHANNEL } from '../channels.ts';
import type { Rejection } from '../decode-ports.ts';
import type { RawMessage } from '../../../engine/core/types.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { CONTROL_WITHIN_MS } from '../../controls/seen-controls.ts';

/** What the signature is made over (engine/adapters/keys/control-signature.ts). Never throws. */
export type VerifyControl = (payload: Uint8Array, signature: string) => boolean;

export const SIGNATURE_HEADER = 'earshot-signature';
/** The one form the gateway writes: in another the same bytes might mean something else. */
const CONTENT_TYPE = 'application/cloudevents+json';

export function isOnControlSubject({ subject }: RawMessage): boolean {
  return channelOfSubject(subject) === INTERNAL_CHANNEL;
}

/** Why its bytes are not to be believed; null: they are the gateway's. */
export function signatureFault({ headers, data }: RawMessage, verify: VerifyControl): Rejection | null {
  const signature = headers[SIGNATURE_HEADER];
  const at = `header:${SIGNATURE_HEADER}`;
  if (signature === undefined || signature === '') {
    return { reason: 'unsigned_control', error: "it is on Earshot's own subject without the gateway's signature", at };
  }
  const isOneForm =
    headers['content-type'] === CONTENT_TYPE && Object.keys(headers).every((name) => !/^ce-/.test(name));
  if (!isOneForm || !verify(data, signature)) {
    return { reason: 'forged_control', error: "the signature is not the gateway's, or of another message", at };
  }
  return null;
}

/** A genuine one, published again much later, or kept back. */
export function staleFault(event: CxEnvelope, { stored }: RawMessage): Rejection | null {
  const apart = Math.abs(stored - event.ts);
  if (apart <= CONTROL_WITHIN_MS) return null;
  const error = `it was stored ${Math.round(apart / 1000)} s from its own time, more than the ${CONTROL_WITHIN_MS / 1000} s a control may take`;
  return { reason: 'stale_control', error, at: '/time' };
}

/** For the audit, beside what goes to the DLQ. */
export function refusedControl({ subject, seq, stored }: RawMessage, { reason }: Rejection): CxEnvelope {
  const id = `${subject} ${seq}`;
  return {
    id: eventIdOf('/refused', id),
    key: '-',
    ts: stored,
    value: {
      source: '/refused',
      eventId: id,
      type: 'earshot.control.refused',
      family: 'control',
      channel: INTERNAL_CHANNEL,
      subjectKey: '-',
      attributes: {},
      data: { because: reason, stream_seq: seq },
      time: stored,
      received: stored,
      enrichment: NOT_SCORED,
    },
    isControl: true,
  };
}
