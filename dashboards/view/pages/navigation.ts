/** What every page has in common around its content: the way to the others, language, theme, the mark. */
import { pageHref } from '../../model/pages/page-address.ts';
import { NAVIGATION, PAGE_WORDS, type PageName } from '../../model/pages/page-names.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { withSetting, type Settings } from '../../model/settings.ts';
import { TEXTS, type Language } from '../../model/strings.ts';
import { element, svg } from '../element.ts';
import { link } from './parts.ts';

/**
 * @param current which page this is: it is marked among the links.
 * @param beside what stands behind the name of a page, such as how many alerts are open.
 */
export function navigation(
  lang: Language,
  search: string,
  current: PageName,
  beside: Partial<Readonly<Record<PageName, HTMLElement>>> = {},
  up = '../',
  /** Pages that this role does not see. */
  hidden: readonly PageName[] = [],
): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const links = NAVIGATION.filter((page) => !hidden.includes(page)).map((page) => {
    const node = link(texts[PAGE_WORDS[page]], pageHref(up, search, page), '');
    if (page === current) node.setAttribute('aria-current', 'page');
    const more = beside[page];
    if (more !== undefined) node.append(more);
    return node;
  });
  return element('nav', '', [...links, link(texts.navDocs, `${up}docs/`, '')], { 'aria-label': texts.pagesLabel });
}

export function settingLinks({ lang, theme }: Settings, search: string): HTMLElement {
  const texts = TEXTS[lang];
  const other = link(texts.otherLanguage, withSetting(search, 'lang', lang === 'en' ? 'zh-CN' : 'en'));
  other.setAttribute('lang', lang === 'en' ? 'zh-CN' : 'en');
  const page = PAGE_TEXTS[lang];
  const themes = (['light', 'dark'] as const).map((one) => {
    const node = link(page[one], withSetting(search, 'theme', one), one === theme ? 'btn cur' : 'btn');
    if (one === theme) node.setAttribute('aria-current', 'true');
    return node;
  });
  return element('span', 'sw-links', [other, ...themes]);
}

export function logo(): HTMLElement {
  const arcs = svg('path', { d: 'M4.5 11A8.5 8.5 0 0 1 13 19.5M4.5 4.5A15 15 0 0 1 19.5 19.5' });
  const point = svg('path', { d: 'M6 15.4a2.600 2.600 0 1 0 0 5.200a2.600 2.600 0 1 0 0-5.200', class: 'solid' });
  return element('span', 'logo', [
    svg('svg', { class: 'ic', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [arcs, point]),
  ]);
}
