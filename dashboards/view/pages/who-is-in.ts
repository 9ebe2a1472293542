/** Who is signed in, and the way out: beside the settings of each page. Nothing where nobody had to sign in, or on a wall. */
import type { SignInClient } from '../../line/sign-in-client.ts';
import { SIGN_IN_TEXTS } from '../../model/pages/sign-in-strings.ts';
import type { Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import { button, icon, text } from './parts.ts';

export interface WayOut {
  /** Called before: the live connection is about to end, and whoever watches it need not ask why. */
  readonly leave: () => void;
  /** Called once somebody is out, with where the provider ends its session; null: nowhere. */
  readonly gone: (elsewhere: string | null) => void;
}

export async function showWho(
  page: HTMLElement,
  client: SignInClient,
  lang: Language,
  { leave, gone }: WayOut,
): Promise<void> {
  const who = (await client.ways())?.who;
  if (who?.session !== true) return;
  const texts = SIGN_IN_TEXTS[lang];
  const out = button(texts.signOut, () => {
    leave();
    // Where the gateway did not answer, the sign-in says who is still in.
    void client.signOut().then(gone, () => gone(null));
  });
  const name = element('span', 'who-name', [icon('person'), text('span', who.name)], { title: texts.roles[who.role] });
  page
    .querySelector('.sw-links')
    ?.append(element('span', 'who-in', [name, out], { role: 'group', 'aria-label': texts.whoLabel }));
}
