/** What stands around the tiles: title, state of the connection, clock, buttons; banner; footer with what is real. */
import { element, setAttribute, setShown, setText, sign, svg } from './element.ts';
import type { LinkStatus } from '../model/link-status.ts';
import { fill, TEXTS } from '../model/strings.ts';
import type { Settings } from '../model/settings.ts';
import type { PageName } from '../model/pages/page-names.ts';
import { navigation } from './pages/navigation.ts';

export type SoundState = 'unarmed' | 'on' | 'off';
export interface FrameActions {
  language(): void;
  theme(): void;
  fullscreen(): void;
  sound(): void;
  page(): void;
}
export interface FrameModel {
  readonly title: string;
  readonly link: LinkStatus;
  readonly clock: string;
  readonly day: string;
  /** How many alerts are open, or when the last one was; '': not known. */
  readonly alerts: string;
  readonly note: string;
  /** Where the demo's alerts arrive; null: it is none. */
  readonly messages: string | null;
  readonly version: string;
  readonly page: number;
  readonly pages: number;
  readonly sound: SoundState;
}
export interface WallFrame {
  readonly root: HTMLElement;
  /** Where tiles and alerts go. */
  readonly body: HTMLElement;
  show(model: FrameModel): void;
}

/** What a button shows: a word, or the path of an icon. */
type Face = string | { readonly d: string };
const THEME_ICON = { d: 'M12 3a9 9 0 1 0 0 18ZM12 3a9 9 0 0 1 0 18' };
const FULLSCREEN_ICON = { d: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5' };

type Hidden = readonly PageName[];

/**
 * @param search of the address: how it looks goes along to other pages.
 * @param hidden pages that this role does not see
 */
export function wallFrame(settings: Settings, search: string, actions: FrameActions, hidden: Hidden): WallFrame {
  const texts = TEXTS[settings.lang];
  const title = element('h1', 'wall-title');
  const icon = sign();
  const chipWord = element('span', 'badge-word');
  const chip = element('div', 'chip', [icon.root, chipWord], { role: 'status' });
  const day = element('span', 'day');
  const clock = element('time', 'clock');
  const { buttons, sound } = tools(settings, actions);
  const alerts = element('span', 'life');
  const banner = element('div', 'banner', [], { role: 'alert' });
  const stripText = element('span', 'strip-text');
  const stripSign = sign();
  const strip = element('div', 'strip', [stripSign.root, stripText], { role: 'status' });
  const body = element('main', 'wall-body');
  const noteText = element('span', '');
  const messages = element('a', 'note-link', [], { target: '_blank', rel: 'noopener' });
  const note = element('p', 'note', [noteText, messages]);
  const pager = button('pager', texts.nextPage, '', () => actions.page());
  const version = element('p', 'version');
  const nav = settings.kiosk ? [] : [navigation(settings.lang, search, 'overview', {}, './', hidden)];
  const root = element('div', 'wall', [
    element('header', 'wall-head', [
      mark(),
      title,
      chip,
      element('div', 'wall-tools', [alerts, buttons, element('div', 'when', [day, clock])]),
    ]),
    banner,
    body,
    element('footer', 'wall-foot', [...nav, note, pager, version]),
    strip,
  ]);
  setShown(buttons, !settings.kiosk || settings.sound);

  return {
    root,
    body,
    show(model) {
      setText(title, model.title);
      if (document.title !== model.title) document.title = model.title;
      setAttribute(root, 'data-link', model.link.tone);
      setAttribute(chip, 'data-tone', model.link.tone);
      icon.show(model.link.tone);
      setText(chipWord, model.link.chip);
      setText(banner, model.link.banner);
      setAttribute(banner, 'data-tone', model.link.tone);
      setShown(banner, model.link.banner !== '');
      setText(stripText, model.link.strip);
      stripSign.show('warn');
      setShown(strip, model.link.strip !== '');
      setText(clock, model.clock);
      setText(day, model.day);
      setText(alerts, model.alerts);
      setText(noteText, model.note);
      setShown(messages, model.messages !== null);
      if (model.messages !== null) setAttribute(messages, 'href', `${model.messages}/?lang=${settings.lang}`);
      setText(messages, model.messages === null ? '' : texts.demoMessages);
      setText(version, model.version);
      setShown(pager, model.pages > 1);
      setText(pager, model.pages > 1 ? fill(texts.page, { page: model.page + 1, pages: model.pages }) : '');
      const soundText = { unarmed: texts.armSound, on: texts.soundOn, off: texts.soundOff }[model.sound];
      setText(sound, soundText);
      setAttribute(sound, 'data-sound', model.sound);
      setShown(sound, !settings.kiosk || model.sound === 'unarmed');
      setAttribute(sound, 'aria-label', soundText);
    },
  };
}

function button(name: string, label: string, face: Face, press: () => void): HTMLButtonElement {
  const node = element('button', `button ${name}`, [], { type: 'button', title: label, 'aria-label': label });
  if (typeof face === 'string') setText(node, face);
  else node.append(svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [svg('path', face)]));
  node.addEventListener('click', press);
  return node;
}

/** The buttons at the top; that of the sound changes with it. */
function tools(settings: Settings, actions: FrameActions): { buttons: HTMLElement; sound: HTMLElement } {
  const texts = TEXTS[settings.lang];
  const sound = button('sound', texts.armSound, texts.armSound, () => actions.sound());
  const themeName = settings.theme === 'dark' ? texts.lightTheme : texts.darkTheme;
  // Nobody stands before it: all there is to press is what lets the browser make a sound.
  if (settings.kiosk) return { buttons: element('div', 'buttons', [sound]), sound };
  const buttons = element('div', 'buttons', [
    sound,
    button('theme', themeName, THEME_ICON, () => actions.theme()),
    button('language', texts.otherLanguageName, texts.otherLanguage, () => actions.language()),
    button('fullscreen', texts.fullscreen, FULLSCREEN_ICON, () => actions.fullscreen()),
  ]);
  return { buttons, sound };
}

/** The mark: an ear-like pair of arcs around a point. */
function mark(): SVGElement {
  return svg('svg', { class: 'mark', viewBox: '0 0 40 40', 'aria-hidden': 'true' }, [
    svg('circle', { cx: '13', cy: '27', r: '4.5', class: 'mark-point' }),
    svg('path', { d: 'M13 14.5A12.5 12.5 0 0 1 25.5 27', class: 'mark-arc' }),
    svg('path', { d: 'M13 5A22 22 0 0 1 35 27', class: 'mark-arc' }),
  ]);
}
