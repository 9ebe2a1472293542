/**
 * The handshake of CloudEvents webhooks (HTTP 1.1 Web Hooks for Event Delivery §4): a sender asks by OPTIONS whether it may deliver,
 * and hears that and how fast. It gives no right: a delivery needs a token like any other.
 */
import type { Rate } from '../rate-limit.ts';

const SENDER = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/** Headers of the answer; empty where nobody asks, or under no name. `rate`: of requests, by second. */
export function webhookAnswer(headers: Readonly<Record<string, string>>, rate: Rate): Readonly<Record<string, string>> {
  const sender = headers['webhook-request-origin']?.trim();
  if (sender === undefined || !SENDER.test(sender)) return {};
  const most = rate.perSecond * 60;
  const asked = /^\d{1,9}$/.exec(headers['webhook-request-rate']?.trim() ?? '*')?.[0];
  // None asked for, or `*`: as much as may be.
  const allowed = asked === undefined || Number(asked) === 0 ? most : Math.min(most, Number(asked));
  return { 'webhook-allowed-origin': sender, 'webhook-allowed-rate': String(allowed) };
}
