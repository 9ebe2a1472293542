/** 企业微信's template card: what its documents allow, and nothing that a customer wrote beyond text. */
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../notices/writing.ts';
import { messageOf, type Message } from '../../notices/notice-message.ts';
import { ReaderTimes } from '../../notices/reader-times.ts';
import { AT, FIRST, FLOOD, HOSTILE, RESOLVED, SPECIMENS } from '../testing/specimen-notices.ts';
import type { Notice } from '../../notices/notices.ts';
import type { Request } from '../destination.ts';
import { wecom } from '../wecom.ts';
import { WECOM_ROWS, wecomCard } from './wecom-card.ts';

interface Card {
  readonly card_type: string;
  readonly source: { readonly desc_color: number };
  readonly main_title: { readonly title: string };
  readonly sub_title_text?: string;
  readonly horizontal_content_list: readonly { readonly keyname: string; readonly value: string }[];
  readonly quote_area?: { readonly quote_text: string };
  readonly jump_list: readonly { readonly title: string; readonly url: string }[];
  readonly card_action: { readonly type: number; readonly url: string };
}

const message = (notice: Notice, language: (typeof LANGUAGES)[number] = 'zh-CN'): Message =>
  messageOf(notice, { language, times: new ReaderTimes('Asia/Shanghai', language) }, WECOM_ROWS);
const cardOf = (from: Message): Card => {
  const card = wecomCard(from);
  if (card === null) throw new Error('no card');
  return card as unknown as Card;
};
/** Code points; of a field that is left out none. */
const length = (text: string | undefined): number => Array.from(text ?? '').length;
const LINKED: Message = {
  headline: '[严重] 告警：满意度过低（App · 华东）',
  tone: 'critical',
  lines: [
    { kind: 'sentence', text: '满意度 45.1%，低于 60%' },
    { kind: 'fact', label: '开始', text: '16:17' },
    { kind: 'quote', text: '付了两次钱，只退了一次' },
    { kind: 'link', text: '打开看板', href: 'https://cx.example/alerts/a1' },
    { kind: 'link', text: '处理手册', href: 'https://wiki.example/refund' },
  ],
};

describe('the card', () => {
  it('has the notice in its fields, and leads to the first page', () => {
    expect(wecomCard(LINKED)).toEqual({
      card_type: 'text_notice',
      source: { desc: 'Earshot', desc_color: 2 },
      main_title: { title: '[严重] 告警：满意度过低（App · 华东）' },
      sub_title_text: '满意度 45.1%，低于 60%',
      horizontal_content_list: [{ keyname: '开始', value: '16:17' }],
      quote_area: { type: 0, quote_text: '付了两次钱，只退了一次' },
      jump_list: [
        { type: 1, title: '打开看板', url: 'https://cx.example/alerts/a1' },
        { type: 1, title: '处理手册', url: 'https://wiki.example/refund' },
      ],
      card_action: { type: 1, url: 'https://cx.example/alerts/a1' },
    });
  });

  it('has what does not fit its title in the text below it', () => {
    const headline = `[严重] 告警：${'很长的名字'.repeat(10)}`;
    const card = cardOf({ ...LINKED, headline });
    expect(length(card.main_title.title)).toBe(26);
    expect(card.sub_title_text).toContain(headline);
  });

  it('is not made where it would lead nowhere, nor to what is no web page', () => {
    const lines = LINKED.lines.filter(({ kind }) => kind !== 'link');
    expect(wecomCard({ ...LINKED, lines })).toBeNull();
    expect(
      wecomCard({ ...LINKED, lines: [...lines, { kind: 'link', text: 'x', href: 'javascript:alert(1)' }] }),
    ).toBeNull();
  });

  it.each(
    Object.entries(SPECIMENS).flatMap(([name, of]) => LANGUAGES.map((language) => [name, language, of] as const)),
  )('keeps to the limits of the tool: %s in %s', (_, language, of) => {
    const made = message(of, language);
    const lines = made.lines.map((line) =>
      line.kind === 'link' ? line : { ...line, text: `${line.text}${'满😀'.repeat(200)}` },
    );
    const link = { kind: 'link', text: '打开'.repeat(20), href: 'https://cx.example/' } as const;
    const card = cardOf({ ...made, lines: [...lines, link, link, link, link] });
    expect(length(card.main_title.title)).toBeLessThanOrEqual(26);
    expect(length(card.sub_title_text)).toBeLessThanOrEqual(112);
    expect(length(card.quote_area?.quote_text)).toBeLessThanOrEqual(112);
    expect(card.horizontal_content_list.length).toBeLessThanOrEqual(6);
    for (const { keyname, value } of card.horizontal_content_list) {
      expect(length(keyname)).toBeLessThanOrEqual(10);
      expect(length(value)).toBeLessThanOrEqual(26);
    }
    expect(card.jump_list.length).toBeLessThanOrEqual(3);
    expect(JSON.stringify(card)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('is green once all is over, and counts alerts that have no row', () => {
    const link = { kind: 'link', text: 'open', href: 'https://cx.example/' } as const;
    const over = message(RESOLVED);
    expect(cardOf({ ...over, lines: [...over.lines, link] }).source.desc_color).toBe(3);
    const many = message(FLOOD);
    const card = cardOf({ ...many, lines: [...many.lines, link] });
    expect(card.horizontal_content_list).toHaveLength(6);
    expect(card.sub_title_text).toContain('…还有 54 条');
    expect(card.horizontal_content_list[0]).toEqual({
      keyname: '71.43',
      value: expect.stringContaining('门店 0') as string,
    });
  });
});

describe('a hook with the style template_card', () => {
  const request = (notice: Notice, style: 'markdown' | 'template_card'): Record<string, unknown> => {
    const writing = { language: 'zh-CN', times: new ReaderTimes('Asia/Shanghai', 'zh-CN'), now: AT } as const;
    const settings = { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k', style };
    const made: Request = wecom.request(notice, settings, writing as unknown as Parameters<typeof wecom.request>[2]);
    if (made.via !== 'http') throw new Error('http');
    return JSON.parse(made.body) as Record<string, unknown>;
  };

  it('sends the card where the notice has a page, and Markdown where it has none', () => {
    expect(request(FIRST, 'template_card')).toMatchObject({ msgtype: 'template_card' });
    expect(request(FIRST, 'markdown')).toMatchObject({ msgtype: 'markdown' });
    const alerts = FIRST.alerts.map((alert) => ({
      ...alert,
      link: null,
      ackLink: null,
      message: { ...alert.message, runbook: null },
    }));
    expect(request({ ...FIRST, alerts }, 'template_card')).toMatchObject({ msgtype: 'markdown' });
  });

  it('shows what a customer wrote as text in fields of plain text, and leads to our own page alone', () => {
    const { jump_list: jumps, card_action: leads } = request(HOSTILE, 'template_card')['template_card'] as Card;
    for (const url of [leads.url, ...jumps.map((jump) => jump.url)])
      expect(url).toMatch(/^https:\/\/(earshot|wiki)\.example\//);
  });
});
