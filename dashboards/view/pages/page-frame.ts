/** What stands around a page: where one is, the state of the line, language, theme, clock; a banner when values are old. */
import { element, setAttribute, setShown, setText, svg } from '../element.ts';
import type { LinkStatus } from '../../model/link-status.ts';
import { alertsHref, overviewHref } from '../../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { withSetting, type Settings } from '../../model/settings.ts';
import { TEXTS } from '../../model/strings.ts';
import { badge, link, text } from './parts.ts';

export interface FrameShown {
  readonly link: LinkStatus;
  readonly clock: string;
  readonly openAlerts: string;
  readonly demo: boolean;
}
export interface PageFrame {
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  readonly show: (shown: FrameShown) => void;
}

const TONES = { ok: 'ok', warn: 'warn', breach: 'warn', none: 'none', stale: 'stale' } as const;

/** @param current which page this is: it is marked among the links. */
export function pageFrame(settings: Settings, search: string, current: 'alerts' | 'kpi'): PageFrame {
  const texts = PAGE_TEXTS[settings.lang];
  const count = element('span', 'cnt');
  const alerts = link(texts.navAlerts, alertsHref('../', search), '');
  alerts.append(count);
  const overview = link(texts.navOverview, overviewHref('../', search), '');
  if (current === 'alerts') alerts.setAttribute('aria-current', 'page');
  const nav = element('nav', '', [overview, alerts], { 'aria-label': texts.pagesLabel });
  const status = element('span', 'line-state', [], { role: 'status' });
  const demo = text('span', texts.demo, 'chip opt');
  const clock = element('time', 'clock');
  const banner = element('div', 'banner', [], { role: 'alert' });
  const body = element('main', '');
  const root = element('div', 'page', [
    element('header', 'dtop', [
      logo(),
      nav,
      element('div', 'r', [status, demo, settingLinks(settings, search), clock]),
    ]),
    banner,
    body,
  ]);
  let said = '';
  return {
    root,
    body,
    show({ link: line, clock: time, openAlerts, demo: isDemo }) {
      if (said !== line.tone + line.chip) status.replaceChildren(badge(TONES[line.tone], line.chip));
      said = line.tone + line.chip;
      setAttribute(root, 'data-link', line.tone);
      setText(clock, time);
      setText(count, openAlerts);
      setShown(count, openAlerts !== '0' && openAlerts !== '');
      setShown(demo, isDemo);
      const parts = [line.banner, line.strip].filter((part) => part !== '');
      setText(banner, parts.join(' / '));
      setShown(banner, parts.length > 0);
    },
  };
}

function settingLinks({ lang, theme }: Settings, search: string): HTMLElement {
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

function logo(): HTMLElement {
  const arcs = svg('path', { d: 'M4.5 11A8.5 8.5 0 0 1 13 19.5M4.5 4.5A15 15 0 0 1 19.5 19.5' });
  const point = svg('path', { d: 'M6 15.4a2.600 2.600 0 1 0 0 5.200a2.600 2.600 0 1 0 0-5.200', class: 'solid' });
  return element('span', 'logo', [
    svg('svg', { class: 'ic', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [arcs, point]),
  ]);
}
