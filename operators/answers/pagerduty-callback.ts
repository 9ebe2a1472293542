/** PagerDuty's v3 webhooks: an HMAC over the body under each of the secrets, no time; an event's own id tells a repeat. */
import { secretList } from './callback-fields.ts';
import { textOrList } from '../destinations/setting-forms.ts';
import { jsonObject, REFUSED, textAt, UNREADABLE, type CallbackKind, type Decision } from './callback.ts';

/** What acknowledged or resolved because we said so is no answer of a person. */
const OURS = /integration_reference$/;
const MOST_SIGNATURES = 10;

export const pagerdutyCallback: CallbackKind = {
  kind: 'pagerduty',
  hasButtons: false,
  status: 202,
  reply: () => null,
  fields: { secret: secretList('the secret of the webhook subscription (V3); a list while it rotates') },
  required: ['secret'],
  read: (section) => ({ secrets: textOrList(section, 'secret'), token: null }),
  receive({ headers, body }, { secrets }, hashes) {
    const given = (headers['x-pagerduty-signature'] ?? '').split(',', MOST_SIGNATURES).map((one) => one.trim()); // none was sent: it proves nothing
    const due = secrets.map((key) => `v1=${hashes.hmacSha256(key, body, 'hex')}`);
    if (!due.some((mac) => given.some((one) => hashes.isSame(one, mac)))) return REFUSED;
    const event = jsonObject(body)?.['event'];
    const type = textAt(event, 'event_type');
    // The header with an id is not signed.
    const id = textAt(event, 'id');
    if (type === null || id === null)
      return type === 'pagey.ping' ? { kind: 'answer', id: 'ping', decisions: [] } : UNREADABLE;
    return { kind: 'answer', id, decisions: decisionsOf(type, event) };
  },
};

function decisionsOf(type: string, event: unknown): readonly Decision[] {
  // Of another incident than ours it is nothing.
  const alert = /^cx\/[^/]+\/([^/]+)$/.exec(textAt(event, 'data', 'incident_key') ?? '')?.[1];
  const agent = textAt(event, 'agent', 'type') ?? ''; // not said: not a person
  if (alert === undefined || OURS.test(agent)) return [];
  const by = textAt(event, 'agent', 'summary') ?? 'PagerDuty';
  switch (type) {
    case 'incident.acknowledged':
      return [{ do: 'ack', alert, by, note: null }];
    case 'incident.unacknowledged':
    case 'incident.reopened':
      return [{ do: 'unack', alert, by, note: null }];
    case 'incident.resolved':
      // It fires for as long as its rule says so: who closed the incident looks after it. What we resolved has no agent.
      return agent === '' ? [] : [{ do: 'ack', alert, by, note: 'resolved in PagerDuty' }];
    default:
      return [];
  }
}
