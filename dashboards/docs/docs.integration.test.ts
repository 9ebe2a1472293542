/** The documents as pages, as the gateway serves them. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, gatewayFixture, type Fixture } from '../../engine/gateway/testing/gateway.fixture.ts';
import { anchorOf, buildDocs, documents } from './docs.mjs';

let folder: string;
let fixture: Fixture;
const pages = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docs-'));
  await buildDocs(folder);
  for (const file of await readdir(join(folder, 'docs'), { recursive: true })) {
    if (file.endsWith('.html')) pages.set(file, await readFile(join(folder, 'docs', file), 'utf8'));
  }
  fixture = await gatewayFixture({ assets: folder });
});
afterAll(async () => {
  await fixture.gateway.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string): ReturnType<typeof ask> => ask(fixture.gateway.url + path);
const hrefs = (html: string): string[] => [...html.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href!);

test('every document is a page, and the contents lead to each', async () => {
  const names = (await documents()).map(({ name }) => name.replace(/\.md$/, '.html'));
  expect(names).toContain('how-to/hooks/zh-CN/wecom.html');
  expect([...pages.keys()].sort()).toEqual([...names, 'index.html'].sort());
  const listed = hrefs(pages.get('index.html')!);
  expect(names.filter((name) => !listed.includes(name))).toEqual([]);
});

test('links between documents lead to pages and headings that are there', () => {
  const wrong: string[] = [];
  for (const [name, html] of pages) {
    for (const href of hrefs(html)) {
      if (/^(https?:|mailto:|data:)/.test(href) || href.includes('docs.css')) continue;
      const [path = '', anchor] = href.split('#');
      const joined = path === '' ? name : posix.normalize(posix.join(posix.dirname(name), path));
      if (joined === '../') continue; // the board
      const target = pages.get(joined === './' || joined.endsWith('/') ? posix.join(joined, 'index.html') : joined);
      const isThere =
        target !== undefined && (anchor === undefined || target.includes(` id="${decodeURIComponent(anchor)}"`));
      if (!isThere) wrong.push(`${name}: ${href}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('nothing in a page runs, is styled in place or comes from elsewhere', () => {
  for (const [name, html] of pages) {
    const found = /<(script|style|img|iframe|object|svg|form)\b|\sstyle=|\son\w+=|src=/i.exec(
      html.replace(/<code[^>]*>[^]*?<\/code>/g, ''),
    );
    expect([name, found?.[0]]).toEqual([name, undefined]);
  }
});

test('markup in a document is shown, not taken', async () => {
  const all = await documents();
  expect(all.length).toBeGreaterThan(60);
  expect(pages.get('how-to/client.html')).toContain('&lt;script type=&quot;module&quot;&gt;');
  expect(pages.get('how-to/behind-a-proxy.html')).not.toContain('<!--');
});

test('the gateway serves them to everybody, in UTF-8, under its policy', async () => {
  expect((await get('/docs')).headers['location']).toBe('/docs/');
  const contents = await get('/docs/');
  expect([contents.status, contents.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(contents.headers['content-security-policy']).toContain("script-src 'self'");
  const chinese = await get('/docs/README.zh-CN.html');
  expect(chinese.text).toContain('<html lang="zh-CN">');
  expect(chinese.text).toContain('href="README.html"');
});

describe('anchors are those of GitHub', () => {
  test.each([
    ['Where no WebSocket gets through', 'where-no-websocket-gets-through'],
    ['`/v1/live`', 'v1live'],
    ['中文', '中文'],
    ['Behind a proxy / 放在反向代理后面', 'behind-a-proxy--放在反向代理后面'],
  ])('%s', (heading, anchor) => expect(anchorOf(heading)).toBe(anchor));
});
