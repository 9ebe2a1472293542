/**
 * What stands around a page that hangs on a wall too: its name and scope, the state of the line, events a second, alerts, clock; below
 * the way to the other pages. Sizes are in parts of the screen (boards.css).
 */
import type { LinkStatus } from '../../model/link-status.ts';
import type { PageName } from '../../model/pages/page-names.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import type { Settings } from '../../model/settings.ts';
import { element, setAttribute, setShown, setText } from '../element.ts';
import { logo, navigation, settingLinks } from './navigation.ts';
import { badge, text } from './parts.ts';

export interface BoardShown {
  readonly link: LinkStatus;
  readonly clock: string;
  readonly day: string;
  /** `2,041 events/s`; '': not known. */
  readonly rate: string;
  /** How many are open, or when the last one was. */
  readonly alerts: string;
  readonly demo: boolean;
}
export interface BoardFrame {
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  readonly show: (shown: BoardShown) => void;
  /** What the page is about, and of which part of the company. */
  readonly title: (title: string, scope: string) => void;
}

const TONES = { ok: 'ok', warn: 'warn', breach: 'warn', none: 'none', stale: 'stale' } as const;

/** @param hidden pages that this role does not see */
export function boardFrame(
  settings: Settings,
  search: string,
  current: PageName,
  hidden: readonly PageName[],
): BoardFrame {
  const { lang, kiosk } = settings;
  const heading = element('h1', '');
  const scope = element('span', 'chip chip-scope');
  const status = element('span', '', [], { role: 'status' });
  const rate = element('span', 'num');
  const alerts = element('span', 'opt');
  const day = element('span', '');
  const clock = element('b', '');
  const life = element('div', 'life', [status, rate, alerts]);
  const top = element('header', 'top', [logo(), heading, scope, life, element('div', 'when', [day, clock])]);
  const banner = element('div', 'banner', [], { role: 'alert' });
  const body = element('main', 'in');
  const demo = text('span', PAGE_TEXTS[lang].demo, 'chip');
  const right = element('div', 'r', [demo, ...(kiosk ? [] : [settingLinks(settings, search)])]);
  const foot = element('footer', 'foot', [
    ...(kiosk ? [] : [navigation(lang, search, current, {}, '../', hidden)]),
    right,
  ]);
  const root = element('div', 'board', [top, banner, body, foot]);
  let said = '';
  return {
    root,
    body,
    title(title, of) {
      setText(heading, title);
      setText(scope, of);
      setShown(scope, of !== '');
      document.title = title;
    },
    show({ link: line, clock: time, day: date, rate: pace, alerts: count, demo: isDemo }) {
      if (said !== line.tone + line.chip) status.replaceChildren(badge(TONES[line.tone], line.chip));
      said = line.tone + line.chip;
      setAttribute(root, 'data-link', line.tone);
      setText(clock, time);
      setText(day, date);
      setText(rate, pace);
      setText(alerts, count);
      setShown(demo, isDemo);
      const parts = [line.banner, line.strip].filter((part) => part !== '');
      setText(banner, parts.join(' / '));
      setShown(banner, parts.length > 0);
    },
  };
}
