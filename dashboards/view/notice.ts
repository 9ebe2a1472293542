/** The page in place of the board: that the engine is awaited, or that this screen is not let in and what lets it in. */
import type { Obstacle } from '../line/admission.ts';
import { element, setText } from './element.ts';
import type { Settings } from '../model/settings.ts';
import { fill, TEXTS } from '../model/strings.ts';

export interface Address {
  readonly origin: string;
  readonly search: string;
}

export function notice(why: Obstacle, settings: Settings, address: Address, onLanguage: () => void): HTMLElement {
  const texts = TEXTS[settings.lang];
  const line = (text: string, tag: 'h1' | 'p' | 'code' = 'p'): HTMLElement => {
    const node = element(tag, '');
    setText(node, text);
    return node;
  };
  document.title = texts.brand;
  if (why === 'unreachable') return element('main', 'notice', [line(texts.bannerConnecting)], { role: 'status' });

  const { origin } = address;
  const hasTicket = new URLSearchParams(address.search).has('ticket');
  const language = element('button', 'button language', [], { type: 'button', 'aria-label': texts.otherLanguageName });
  setText(language, texts.otherLanguage);
  language.addEventListener('click', onLanguage);
  // Who sits at a desk has a token, or an account.
  const signIn = element('a', 'sign-in', [], { href: `sign-in/?lang=${settings.lang}&theme=${settings.theme}` });
  setText(signIn, texts.noticeSignIn);
  return element(
    'main',
    'notice',
    [
      line(texts.noticeTitle, 'h1'),
      line(hasTicket ? texts.noticeBadTicket : texts.noticeWhy),
      element('ol', '', [
        element('li', '', [line(texts.noticeAsk), line(fill(texts.noticeCommand, { origin }), 'code')]),
        element('li', '', [line(texts.noticeOpen), line(fill(texts.noticeAddress, { origin }), 'code')]),
      ]),
      line(texts.noticeAfter),
      ...(settings.kiosk ? [] : [signIn]),
      ...(settings.kiosk ? [] : [language]),
    ],
    { role: 'alert' },
  );
}
