/** What each tool refuses, as its documents say: written from those, not from the destinations. Null: taken. */
import type { MailRequest, HttpRequest } from '../destination.ts';

type SlackBlock =
  | { readonly type: 'section' | 'header'; readonly text: { readonly text: string } }
  | {
      readonly type: 'actions';
      readonly elements: readonly [{ readonly text: { readonly text: string }; readonly value: string }];
    };

type Body = Readonly<Record<string, never>>;
const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
const hasHalfSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text);

function parsed(request: HttpRequest): Body {
  return JSON.parse(request.body) as Body;
}

function over(what: string, have: number, most: number): string | null {
  return have > most ? `${what} has ${have} of ${most}` : null;
}

const HTTP_RULES: Readonly<Record<string, (request: HttpRequest) => string | null>> = {
  pagerduty(request) {
    const body = parsed(request) as Body & { routing_key: string; dedup_key: string; payload?: { summary: string } };
    return (
      over('dedup_key', body.dedup_key.length, 255) ??
      over('summary', body.payload?.summary.length ?? 0, 1024) ??
      over('body', bytes(request.body), 512 * 1024)
    );
  },
  alertmanager(request) {
    const alerts = JSON.parse(request.body) as readonly {
      labels: Record<string, string>;
      startsAt: string;
      endsAt: string;
    }[];
    if (alerts.length === 0) return 'no alert';
    for (const { labels, startsAt, endsAt } of alerts) {
      if (labels['alertname'] === undefined) return 'no alertname';
      const wrong = Object.keys(labels).find((name) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name));
      if (wrong !== undefined) return `label ${wrong}`;
      if (Date.parse(endsAt) <= Date.parse(startsAt)) return 'ends before it starts';
    }
    return null;
  },
  webhook: (request) => over('body', bytes(request.body), 2 * 1024 * 1024),
  wecom(request) {
    const { markdown } = parsed(request) as unknown as { markdown: { content: string } };
    return over('content', bytes(markdown.content), 4096) ?? (markdown.content.includes('<@') ? 'mentions' : null);
  },
  dingtalk(request) {
    const { at } = parsed(request) as unknown as { at: { isAtAll: boolean; atMobiles?: unknown } };
    return over('body', bytes(request.body), 20_000) ?? (at.isAtAll || at.atMobiles !== undefined ? 'mentions' : null);
  },
  feishu: (request) => over('body', bytes(request.body), 20_000),
  slack(request) {
    const { blocks } = parsed(request) as unknown as { blocks: readonly SlackBlock[] };
    if (blocks.length > 50) return 'more than 50 blocks';
    for (const block of blocks) {
      if (block.type === 'actions') {
        const [button, ...more] = block.elements;
        const problem = over('button', button.text.text.length, 75) ?? over('value', button.value.length, 2000);
        if (problem !== null || (more as readonly unknown[]).length > 0) return problem ?? 'more than one button';
        continue;
      }
      const { type, text } = block;
      const problem = over(type, text.text.length, type === 'header' ? 150 : 3000);
      if (problem !== null) return problem;
      if (/<[!@#]/.test(text.text) && type !== 'header') return 'mentions';
    }
    return null;
  },
  teams: (request) => over('body', bytes(request.body), 21_000),
  telegram(request) {
    const body = parsed(request) as unknown as {
      text: string;
      entities: readonly { offset: number; length: number }[];
    };
    const wrong = body.entities.find(({ offset, length }) => length === 0 || offset + length > body.text.length);
    return over('text', body.text.length, 4096) ?? (wrong === undefined ? null : 'an entity outside the text');
  },
  ntfy: (request) => over('body', bytes(request.body), 4096),
  flashduty(request) {
    const body = parsed(request) as unknown as {
      title_rule: string;
      description: string;
      labels: Record<string, string>;
    };
    return over('title_rule', body.title_rule.length, 512) ?? over('description', body.description.length, 2048);
  },
  goalert(request) {
    const body = parsed(request) as unknown as { summary: string; details: string; dedup: string };
    return (
      over('summary', body.summary.length, 1024) ??
      over('details', body.details.length, 6144) ??
      over('dedup', body.dedup.length, 512)
    );
  },
  opsgenie(request) {
    const body = parsed(request) as unknown as { message?: string; alias?: string; description?: string };
    return (
      over('message', body.message?.length ?? 0, 130) ?? over('description', body.description?.length ?? 0, 15_000)
    );
  },
};

/** Why a receiver of this kind would refuse the request. */
export function refusal(kind: string, request: HttpRequest | MailRequest): string | null {
  if (request.via === 'mail') {
    const lines = [request.subject, request.messageId, request.inReplyTo ?? '', ...Object.values(request.headers)];
    return lines.some((line) => /[\r\n]/.test(line)) ? 'a header of two lines' : null;
  }
  if (hasHalfSurrogate(JSON.parse(JSON.stringify(request.body)) as string)) return 'half a character';
  const rule = HTTP_RULES[kind];
  return rule === undefined ? `no rules are known for ${kind}` : rule(request);
}
