/**
 * The documents as pages: docs/ and the two READMEs, rendered by `marked` into <outDir>/docs/, as the gateway serves them at /docs/.
 * No script, no style and nothing from elsewhere stands in a page; HTML in a document is shown as text. Links between documents
 * stay links; what else of the repository a document names is shown by its path.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';

const ROOT = new URL('../..', import.meta.url);
/** Groups of the contents, by folder. */
const GROUPS = [
  ['', 'Start · 入门'],
  ['how-to/', 'How to · 操作指南'],
  ['how-to/hooks/', 'Destinations of alerts · 告警接收方'],
  ['reference/', 'Reference · 参考'],
  ['decisions/', 'Decisions · 设计决定'],
];
/** Documents outside docs/, by the name they have among the pages. */
const READMES = { 'README.md': 'README.md', 'README.zh-CN.md': 'README.zh-CN.md', 'CHANGELOG.md': 'CHANGELOG.md' };

/** @typedef {{ readonly name: string, readonly source: string, readonly text: string }} Document `name`: below /docs/, ends in .md; `source`: below the repository */

/** @returns {Promise<readonly Document[]>} */
export async function documents() {
  const below = (await readdir(new URL('docs/', ROOT), { recursive: true })).map((file) => file.replaceAll('\\', '/'));
  const sources = /** @type {[string, string][]} */ ([
    ...Object.entries(READMES),
    ...below.filter((file) => file.endsWith('.md')).map((file) => [file, `docs/${file}`]),
  ]);
  const read = sources.map(async ([name, source]) => ({
    name,
    source,
    text: await readFile(new URL(source, ROOT), 'utf8'),
  }));
  return (await Promise.all(read)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} outDir */
export async function buildDocs(outDir) {
  const all = await documents();
  const pages = new Map(all.map(({ source, name }) => [source, pageOf(name)]));
  for (const document of all) {
    const file = `${outDir}/docs/${pageOf(document.name)}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, rendered(document, pages, all));
  }
  await writeFile(`${outDir}/docs/index.html`, contents(all));
}

/** @param {string} name */
const pageOf = (name) => name.replace(/\.md$/, '.html');
/** @param {string} text */
const escaped = (text) =>
  text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? one);

/** @param {Document} document @returns {string} */
function titleOf({ name, text }) {
  const heading = /^# +(.+)$/m.exec(text)?.[1] ?? name;
  if (name === 'README.md') return 'Earshot';
  return name === 'README.zh-CN.md' ? 'Earshot（中文）' : heading.replaceAll('`', '');
}

/** As GitHub makes anchors of headings. @param {string} heading */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * @param {Document} document
 * @param {ReadonlyMap<string, string>} pages by source
 * @param {readonly Document[]} all
 */
function rendered(document, pages, all) {
  const up = '../'.repeat(document.name.split('/').length - 1);
  /** @type {Map<string, number>} */
  const anchors = new Map();
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => (text.trimStart().startsWith('<!--') ? '' : escaped(text)),
      // Long lines scroll: by keys too.
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      // Pictures lie in the repository: their words are shown.
      image: ({ text }) => `<em>${escaped(text)}</em>`,
      heading({ tokens, depth, text }) {
        const anchor = anchorOf(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
        const nth = anchors.get(anchor) ?? 0;
        anchors.set(anchor, nth + 1);
        const id = escaped(nth === 0 ? anchor : `${anchor}-${nth}`);
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const place = placeOf(href, document, pages, up);
        return place === null ? `${words} <code>${escaped(href)}</code>` : `<a href="${escaped(place)}">${words}</a>`;
      },
      table(token) {
        const cells = (/** @type {typeof token.header} */ row, /** @type {string} */ tag) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(titleOf(document))}"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  const body = marked.parse(document.text, { async: false });
  return page(
    titleOf(document),
    languageOf(document),
    up,
    `${otherLanguage(document, all, up)}<article>${body}</article>`,
  );
}

/**
 * Where a link of a document leads among the pages; null: to something that is none of them.
 * @param {string} href
 * @param {Document} document
 * @param {ReadonlyMap<string, string>} pages
 * @param {string} up
 */
function placeOf(href, { source }, pages, up) {
  if (/^(https?:|mailto:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const wanted = posix.normalize(posix.join(posix.dirname(source), path));
  const found = pages.get(wanted) ?? pages.get(`${wanted.replace(/\/$/, '')}/README.md`);
  if (found === undefined) return null;
  return `${up}${found}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** @param {Document} document */
function languageOf({ name }) {
  return name.includes('zh-CN') ? 'zh-CN' : 'en';
}

/** @param {Document} document @param {readonly Document[]} all @param {string} up */
function otherLanguage({ name }, all, up) {
  const isChinese = name.includes('zh-CN');
  const other = isChinese ? name.replace('zh-CN/', '').replace('.zh-CN', '') : name.replace(/([^/]+)$/, 'zh-CN/$1');
  const names = isChinese ? [other] : [other, name.replace(/\.md$/, '.zh-CN.md')];
  const found = names.find((one) => all.some((document) => document.name === one));
  if (found === undefined) return '';
  return `<p class="other"><a lang="${isChinese ? 'en' : 'zh-CN'}" href="${up}${pageOf(found)}">${isChinese ? 'English' : '中文'}</a></p>`;
}

/** @param {readonly Document[]} all */
function contents(all) {
  const groups = GROUPS.map(([folder = '', title = '']) => {
    const items = all
      .filter(({ name }) => name.startsWith(folder) && !name.slice(folder.length).replace('zh-CN/', '').includes('/'))
      .map((one) => `<li><a lang="${languageOf(one)}" href="${pageOf(one.name)}">${escaped(titleOf(one))}</a></li>`);
    return `<section><h2>${escaped(title)}</h2><ul>${items.join('')}</ul></section>`;
  });
  return page('Earshot', 'en', '', `<h1>Documents · 文档</h1><div class="groups">${groups.join('')}</div>`);
}

/** @param {string} title @param {string} language @param {string} up to /docs/ @param {string} body */
function page(title, language, up, body) {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${escaped(title)} · Earshot</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}../docs.css">
</head>
<body>
<header><nav aria-label="Earshot"><a href="${up}../">← Board · 看板</a><a href="${up === '' ? './' : up}">Documents · 文档</a></nav></header>
<main>${body}</main>
</body>
</html>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildDocs(fileURLToPath(new URL('../../dist/dashboards', import.meta.url)));
