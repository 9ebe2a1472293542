/** The sign-in: with a token or at the provider; who is in already goes on, or out. */
import { signInClient, pageAfter, type SignInClient, type SignInWays, type Who } from '../../line/sign-in-client.ts';
import { SIGN_IN_TEXTS, type SignInTexts } from '../../model/pages/sign-in-strings.ts';
import { parseSettings } from '../../model/settings.ts';
import { fill } from '../../model/strings.ts';
import { element, setText } from '../../view/element.ts';
import { logo, settingLinks } from '../../view/pages/navigation.ts';
import { button, field, link, text } from '../../view/pages/parts.ts';

const RETRY_MS = 2000;
const base = new URL('..', location.href).href;
const settings = parseSettings(location.search, navigator.languages, location.hash);
const texts = SIGN_IN_TEXTS[settings.lang];
const query = new URLSearchParams(location.search);
const after = pageAfter(query.get('return'), base);

document.documentElement.lang = settings.lang;
document.documentElement.dataset['theme'] = settings.theme;
document.title = `${texts.title} · Earshot`;
void show(signInClient(base));

async function show(client: SignInClient): Promise<void> {
  const said = element('p', 'si-said', [], { role: 'alert' });
  const body = element('div', 'si-body');
  const card = element('main', 'si-card', [text('h1', texts.title), said, body]);
  const head = element('header', 'si-head', [logo(), settingLinks(settings, location.search)]);
  document.body.replaceChildren(element('div', 'si', [head, card]));
  const failure = query.get('failure');
  if (failure !== null) setText(said, isFailure(failure) ? texts.failures[failure] : texts.failed);
  for (;;) {
    const ways = await client.ways();
    if (ways !== null) {
      body.replaceChildren(...(ways.who === null ? form(client, ways, said) : known(client, ways.who)));
      body.querySelector<HTMLElement>('input, a, button')?.focus();
      return;
    }
    setText(said, texts.unreachable);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    setText(said, '');
  }
}

function isFailure(word: string): word is keyof SignInTexts['failures'] {
  return Object.hasOwn(texts.failures, word);
}

function form(client: SignInClient, { token, sso }: SignInWays, said: HTMLElement): readonly Node[] {
  const parts: Node[] = [text('p', texts.lead, 'si-lead')];
  if (sso !== null) {
    const start = new URL('v1/sign-in/start', base);
    start.searchParams.set('return', after.slice(new URL(after).origin.length));
    const label = sso.title === null ? texts.sso : fill(texts.ssoAt, { title: sso.title });
    parts.push(link(label, start.href, 'btn pri si-wide', 'person'));
    if (token) parts.push(text('p', texts.or, 'si-or'));
  }
  if (token) parts.push(tokenForm(client, said, sso === null));
  const ticket = element('p', 'si-hint', [text('span', texts.display), text('code', 'POST /v1/tickets')]);
  return [...parts, ticket];
}

function tokenForm(client: SignInClient, said: HTMLElement, isFirst: boolean): HTMLElement {
  const input = element('input', '', [], {
    ...{ type: 'password', name: 'token', autocomplete: 'off', spellcheck: 'false', required: '' },
    'aria-describedby': 'token-hint',
  });
  const enter = element('button', `btn si-wide ${isFirst ? 'pri' : ''}`.trim(), [text('span', texts.enter)], {
    type: 'submit',
  });
  const hint = text('p', texts.tokenHint, 'si-hint');
  hint.id = 'token-hint';
  const node = element('form', 'si-form', [field(texts.token, input), hint, enter]);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  const send = async (): Promise<void> => {
    enter.disabled = true;
    setText(said, '');
    setText(enter, texts.entering);
    const outcome = await client.signIn(input.value);
    if (outcome === 'done') {
      location.replace(after);
      return;
    }
    enter.disabled = false;
    setText(enter, texts.enter);
    const { wrongToken: wrong, tooMany, failed, unreachable } = texts;
    setText(said, { wrong, tooMany, failed, unreachable }[outcome]);
    input.select();
  };
  return node;
}

function known(client: SignInClient, who: Who): readonly Node[] {
  const { name, role, session } = who;
  const line = session ? fill(texts.signedInAs, { name, role: texts.roles[role] }) : texts.openHere;
  const out = button(texts.signOut, () => void client.signOut().then(left), 'si-wide');
  return [text('p', line, 'si-lead'), link(texts.goOn, after, 'btn pri si-wide', 'next'), ...(session ? [out] : [])];
}

/** To where the provider ends its session, and else to the sign-in again. */
function left(elsewhere: string | null): void {
  if (elsewhere === null) location.reload();
  else location.assign(elsewhere);
}
