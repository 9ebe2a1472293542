/** What a person sees who opened an address that shows nothing. Programs get the same fault as JSON. */
import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';

interface PageText {
  readonly status: number;
  readonly zh: string;
  readonly en: string;
}

const PAGES = {
  notFound: {
    status: 404,
    zh: '这个地址没有内容。<a href="{base}/">看板</a>在 {base}/，接口说明在 <a href="{base}/openapi.json">{base}/openapi.json</a>。',
    en: 'There is nothing at this address. The <a href="{base}/">wall-board</a> is at {base}/, the API is described in <a href="{base}/openapi.json">{base}/openapi.json</a>.',
  },
  notBuilt: {
    status: 404,
    zh: '看板还没有构建：请运行 <code>npm run build</code>，再启动 Earshot。接口照常可用，说明在 <a href="{base}/openapi.json">{base}/openapi.json</a>。',
    en: 'The wall-board is not built: run <code>npm run build</code>, then start Earshot again. The API works, it is described in <a href="{base}/openapi.json">{base}/openapi.json</a>.',
  },
  badTicket: {
    status: 401,
    zh: '票据无效、已用过或已过期：请用 <code>POST /v1/tickets</code> 申请新的票据。',
    en: 'The ticket is unknown, used or expired: ask for a new one by <code>POST /v1/tickets</code>.',
  },
} as const satisfies Readonly<Record<string, PageText>>;

const STYLE =
  'body{margin:12vh auto;max-width:40rem;padding:0 1.5rem;font:1.1rem/1.7 system-ui,sans-serif;color:#f4f7fa;background:#0a0e13}' +
  'a{color:#56b4e9}code{font-size:.95em}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Somebody reads the answer, not a program. */
export function isRead({ method, headers }: HttpRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && headers['accept']?.includes('text/html') === true;
}

/** `base`: what precedes every path (HttpRequest). */
export function errorPage(page: keyof typeof PAGES, base: string): HttpAnswer {
  const { status } = PAGES[page];
  const [zh, en] = [PAGES[page].zh, PAGES[page].en].map((text) => text.replaceAll('{base}', base));
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body:
      `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>Earshot</title><style>${STYLE}</style><h1>Earshot</h1><p>${zh}</p><p lang="en">${en}</p></html>`,
  };
}
