/** What stands around a page: where one is, the state of the line, language, theme, clock; a banner when values are old. */
import { element, setAttribute, setShown, setText } from '../element.ts';
import type { LinkStatus } from '../../model/link-status.ts';
import type { PageName } from '../../model/pages/page-names.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import type { Settings } from '../../model/settings.ts';
import { logo, navigation, settingLinks } from './navigation.ts';
import { badge, text } from './parts.ts';

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

/**
 * @param current which page this is: it is marked among the links.
 * @param hidden those that this role does not see
 */
export function pageFrame(
  settings: Settings,
  search: string,
  current: PageName,
  hidden: readonly PageName[],
): PageFrame {
  const texts = PAGE_TEXTS[settings.lang];
  const count = element('span', 'cnt');
  const nav = navigation(settings.lang, search, current, { alerts: count }, '../', hidden);
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
