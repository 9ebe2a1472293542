/** What stands around the tiles: title, scope, state of the line, events a second, alerts, clock; banner; that all is calm; the way to the other pages. */
import { element, setAttribute, setSaid, setShown, setText, sign, svg } from './element.ts';
import type { LinkStatus } from '../model/link-status.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { fill, TEXTS } from '../model/strings.ts';
import type { PageName } from '../model/pages/page-names.ts';
import type { Settings } from '../model/settings.ts';
import { logo, navigation, settingLinks } from './pages/navigation.ts';
import { badge, text } from './pages/parts.ts';

export type SoundState = 'unarmed' | 'on' | 'off';
export interface FrameActions {
  fullscreen(): void;
  sound(): void;
  page(): void;
}
export interface FrameModel {
  readonly title: string;
  readonly scope: string;
  readonly link: LinkStatus;
  readonly clock: string;
  readonly day: string;
  /** Events a second; '': not known. */
  readonly rate: string;
  /** How many alerts are open, or when the last one was; '': not known. */
  readonly alerts: string;
  /** While none is open: what the last one was, what is only watched. null: one is open, or it is not known. */
  readonly calm: { readonly isKnown: boolean; readonly word: string; readonly facts: readonly string[] } | null;
  readonly note: string;
  /** Where the demo's alerts arrive; null: it is none. */
  readonly messages: string | null;
  readonly version: string;
  /** How pages of tiles turn; '': they do not. */
  readonly turning: string;
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

const FULLSCREEN = 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5';
const TONES = { ok: 'ok', warn: 'warn', breach: 'warn', none: 'none', stale: 'stale' } as const;

type Hidden = readonly PageName[];

/**
 * @param search of the address: how it looks goes along to other pages.
 * @param hidden pages that this role does not see
 */
export function wallFrame(settings: Settings, search: string, actions: FrameActions, hidden: Hidden): WallFrame {
  const [title, scope] = [element('h1', 'wall-title'), element('span', 'chip chip-scope')];
  const state = element('span', 'line-state', [], { role: 'status' });
  const [rate, alerts] = [element('span', 'rate num'), element('span', 'last-alert')];
  const [day, clock] = [element('span', 'day'), element('b', 'clock')];
  const banner = element('div', 'banner', [], { role: 'alert' });
  const strip = stripLine();
  const calm = calmLine();
  const foot = footLine(settings, search, actions, hidden);
  const body = element('main', 'wall-body');
  const root = element('div', 'board wall', [
    element('header', 'top wall-head', [
      ...[logo(), title, scope, element('div', 'life', [state, rate, alerts])],
      element('div', 'when', [day, clock]),
    ]),
    ...[banner, body, calm.root, foot.root, strip.root],
  ]);

  return {
    root,
    body,
    show(model) {
      setText(title, model.title);
      setText(scope, model.scope);
      const name = `${model.title} · ${model.scope}`;
      if (document.title !== name) document.title = name;
      const { tone, chip } = model.link;
      setAttribute(root, 'data-link', tone);
      setAttribute(state, 'data-tone', tone);
      setSaid(state, tone + chip, () => [badge(TONES[tone], chip)]);
      setText(banner, model.link.banner);
      setAttribute(banner, 'data-tone', tone);
      setShown(banner, model.link.banner !== '');
      strip.show(model.link.strip);
      for (const [node, said] of [
        [clock, model.clock],
        [day, model.day],
        [rate, model.rate],
        [alerts, model.alerts],
      ] as const)
        setText(node, said);
      calm.show(model.calm);
      foot.show(model);
    },
  };
}

/** Over the foot, so that nothing moves when it comes and goes. */
function stripLine(): { readonly root: HTMLElement; show(said: string): void } {
  const words = element('span', 'strip-text');
  const icon = sign();
  const root = element('div', 'strip', [icon.root, words], { role: 'status' });
  icon.show('warn');
  return {
    root,
    show(said) {
      setText(words, said);
      setShown(root, said !== '');
    },
  };
}

/** That nothing is open is said, too: with what the last one was. */
function calmLine(): { readonly root: HTMLElement; show(calm: FrameModel['calm']): void } {
  const state = element('span', 'calm-state');
  const facts = element('span', 'calm-facts');
  const root = element('div', 'calm', [state, facts]);
  return {
    root,
    show(calm) {
      setShown(root, calm !== null);
      if (calm === null) return;
      const { isKnown, word, facts: said } = calm;
      setSaid(state, `${isKnown} ${word}`, () => [badge(isKnown ? 'ok' : 'none', word)]);
      setSaid(facts, said.join('\n'), () => said.map((fact) => text('span', fact)));
    },
  };
}

function footLine(settings: Settings, search: string, actions: FrameActions, hidden: Hidden) {
  const texts = TEXTS[settings.lang];
  const sound = button('sound', texts.armSound, texts.armSound, () => actions.sound());
  const pager = button('pager', texts.nextPage, '', () => actions.page());
  const turning = element('span', 'turning');
  const version = element('span', 'version');
  const [noteText, messages] = [
    element('p', ''),
    element('a', 'note-link lk', [], { target: '_blank', rel: 'noopener' }),
  ];
  setText(messages, texts.demoMessages);
  const note = element('details', 'note', [
    text('summary', PAGE_TEXTS[settings.lang].demo, 'chip'),
    element('div', 'note-text', [noteText, messages]),
  ]);
  // Nobody stands before a kiosk: all there is to press is what lets the browser make a sound.
  const desk = settings.kiosk
    ? []
    : [settingLinks(settings, search), button('fullscreen', texts.fullscreen, null, () => actions.fullscreen())];
  const nav = settings.kiosk ? [] : [navigation(settings.lang, search, 'overview', {}, './', hidden)];
  const right = element('div', 'r wall-tools', [turning, pager, sound, note, ...desk, version]);
  return {
    root: element('footer', 'foot wall-foot', [...nav, right]),
    show(model: FrameModel): void {
      setText(noteText, model.note);
      setShown(note, model.note !== '');
      setShown(messages, model.messages !== null);
      if (model.messages !== null) setAttribute(messages, 'href', `${model.messages}/?lang=${settings.lang}`);
      setText(version, model.version);
      setText(turning, model.turning);
      setShown(turning, model.turning !== '');
      setShown(pager, model.pages > 1 && !settings.kiosk);
      setText(pager, model.pages > 1 ? fill(texts.page, { page: model.page + 1, pages: model.pages }) : '');
      const said = { unarmed: texts.armSound, on: texts.soundOn, off: texts.soundOff }[model.sound];
      setText(sound, said);
      setAttribute(sound, 'data-sound', model.sound);
      setShown(sound, settings.kiosk ? settings.sound && model.sound === 'unarmed' : true);
      setAttribute(sound, 'aria-label', said);
    },
  };
}

/** @param face a word; null: the sign of the whole screen. */
function button(name: string, label: string, face: string | null, press: () => void): HTMLButtonElement {
  const node = element('button', `button ${name}`, [], { type: 'button', title: label, 'aria-label': label });
  if (face !== null) setText(node, face);
  else
    node.append(
      svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [svg('path', { d: FULLSCREEN })]),
    );
  node.addEventListener('click', press);
  return node;
}
