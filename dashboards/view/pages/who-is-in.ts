/** Who is signed in, and the way out: beside the settings of each page. Nothing where nobody had to sign in, or on a wall. */
import type { SignInClient } from '../../line/sign-in-client.ts';
import { SIGN_IN_TEXTS } from '../../model/pages/sign-in-strings.ts';
import type { Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import { button, icon, text } from './parts.ts';

/** @param onOut called once somebody is out */
export async function showWho(
  page: HTMLElement,
  client: SignInClient,
  lang: Language,
  onOut: () => void,
): Promise<void> {
  const who = (await client.ways())?.who;
  if (who?.session !== true) return;
  const texts = SIGN_IN_TEXTS[lang];
  const out = button(texts.signOut, () => void client.signOut().then(onOut));
  const name = element('span', 'who-name', [icon('person'), text('span', who.name)], { title: texts.roles[who.role] });
  page
    .querySelector('.sw-links')
    ?.append(element('span', 'who-in', [name, out], { role: 'group', 'aria-label': texts.whoLabel }));
}
