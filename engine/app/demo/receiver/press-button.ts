/** A button that was pressed in one of the tools: it calls back as that tool does, signed, and shows what comes of it. */
import { createHmac } from 'node:crypto';
import { textAt, valueAt } from '../../../../operators/answers/callback.ts';
import { ACTION_ID } from '../../../../operators/answers/slack-callback.ts';
import type { JsonObject, Millis } from '../../../core/types.ts';
import { jsonOf } from './take-message.ts';
import type { Tool, ToolMessage, ToolMessages, ToolSecrets } from './tools.ts';

/** Who sits in front of each. */
export const PEOPLE = { feishu: '李雷', slack: 'Lily', pagerduty: 'Wang Fang' } as const satisfies Partial<
  Record<Tool, string>
>;

export interface Pressing {
  /** Of Earshot. */
  readonly gateway: string;
  /** Of the receiver: where Slack's messages are replaced. */
  readonly base: string;
  readonly secrets: ToolSecrets;
  readonly messages: ToolMessages;
  readonly now: Millis;
}

interface Callback {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `value`: of the button. Returns the status that Earshot answered with; null: the message has no such button. */
export async function pressButton(message: ToolMessage, value: string, pressing: Pressing): Promise<number | null> {
  const callback = callbackOf(message, value, pressing);
  if (callback === null) return null;
  const { body, headers } = callback;
  const address = `${pressing.gateway}/v1/hooks/demo_${message.tool}/callback`;
  const answer = await fetch(address, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) });
  const said = await answer.text();
  const card = message.tool === 'feishu' ? valueAt(jsonOf(said), 'card', 'data') : undefined;
  if (card !== undefined) pressing.messages.replace(message.id, { msg_type: 'interactive', card: card as JsonObject });
  return answer.status;
}

function callbackOf({ id, tool, body }: ToolMessage, value: string, { base, secrets, now }: Pressing): Callback | null {
  if (!JSON.stringify(body).includes(JSON.stringify(value))) return null; // it is not in the message
  switch (tool) {
    case 'feishu': {
      const header = {
        event_id: `${id}-${now}`,
        event_type: 'card.action.trigger',
        token: secrets.feishu,
        create_time: String(now * 1000),
      };
      const event = { operator: { open_id: 'ou_demo', user_id: PEOPLE.feishu }, action: { value: { ack: value } } };
      return {
        body: JSON.stringify({ schema: '2.0', header, event }),
        headers: { 'content-type': 'application/json' },
      };
    }
    case 'slack': {
      const response_url = `${base}/in/${secrets.path}/slack/${id}`;
      const actions = [{ action_id: ACTION_ID, value }];
      const payload = { type: 'block_actions', user: { id: 'U1', name: PEOPLE.slack }, response_url, actions };
      const form = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
      const time = String(Math.floor(now / 1000));
      const signature = createHmac('sha256', secrets.slack).update(`v0:${time}:${form}`).digest('hex');
      const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${signature}` };
      return { body: form, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } };
    }
    case 'pagerduty': {
      const agent = { type: 'user_reference', summary: PEOPLE.pagerduty };
      const data = { incident_key: textAt(body, 'dedup_key') };
      const event = { event: { id: `${id}-${now}`, event_type: 'incident.acknowledged', agent, data } };
      const text = JSON.stringify(event);
      const signature = createHmac('sha256', secrets.pagerduty).update(text).digest('hex');
      return {
        body: text,
        headers: { 'x-pagerduty-signature': `v1=${signature}`, 'content-type': 'application/json' },
      };
    }
    case 'webhook':
      return null;
  }
}
