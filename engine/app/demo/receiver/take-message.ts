/** What each tool makes of a message that is sent to it: refused by its own rules, or kept, and what it answers then. */
import { Webhook } from 'standardwebhooks';
import { reasonOf } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { Tool, ToolSecrets } from './tools.ts';

export interface Incoming {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Taken {
  readonly status: number;
  readonly answer: string;
  /** null: it is not kept. */
  readonly kept: JsonObject | null;
}

export function takeMessage(tool: Tool, { headers, body }: Incoming, secrets: ToolSecrets): Taken {
  const json = jsonOf(body);
  if (json === null) return refused(tool, 'this is no JSON');
  switch (tool) {
    case 'feishu':
      return json['msg_type'] === 'interactive'
        ? { status: 200, answer: '{"code":0,"msg":"success"}', kept: json }
        : refused(tool, 'no card');
    case 'slack':
      return Array.isArray(json['blocks']) ? { status: 200, answer: 'ok', kept: json } : refused(tool, 'no_text');
    case 'pagerduty': {
      const key = json['dedup_key'];
      if (typeof key !== 'string' || json['routing_key'] !== 'demo') return refused(tool, 'invalid key');
      return { status: 202, answer: JSON.stringify({ status: 'success', dedup_key: key }), kept: json };
    }
    case 'webhook':
      try {
        new Webhook(secrets.webhook).verify(body, headers);
      } catch (error) {
        return { status: 401, answer: reasonOf(error), kept: null };
      }
      return { status: 204, answer: '', kept: json };
  }
}

/** As each of them says no. */
function refused(tool: Tool, why: string): Taken {
  const answer = tool === 'feishu' ? JSON.stringify({ code: 19002, msg: why }) : why;
  return { status: tool === 'feishu' ? 200 : 400, answer, kept: null };
}

export function jsonOf(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
