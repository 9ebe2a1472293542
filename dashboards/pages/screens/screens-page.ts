/** The entry of `screens/`: which walls are connected and what they show, which destinations of alerts work. */
import { screensClient, type HookEntry, type ScreenEntry, type ScreensClient } from '../../line/screens-client.ts';
import { SCREEN_TEXTS } from '../../model/screens/screen-strings.ts';
import { fill } from '../../model/strings.ts';
import { element } from '../../view/element.ts';
import { link, text } from '../../view/pages/parts.ts';
import { hookRow } from '../../view/pages/screens/hook-row.ts';
import { listCard } from '../../view/pages/screens/list-card.ts';
import { screenRow } from '../../view/pages/screens/screen-row.ts';
import { shownRows } from '../../view/pages/screens/shown-rows.ts';
import { openPage, type Page, type PageContext } from '../open-page.ts';
import { refreshed } from '../refreshed.ts';

const EVERY_MS = 3000;
const HOOKS_GUIDE = '../docs/how-to/hooks.html';

void openPage('screens', () => ({ topics: [], maxHz: 1, headline: {} }), screensView);

interface Part {
  readonly root: HTMLElement;
  readonly show: () => void;
}

function screensView(context: PageContext): Page {
  const { settings, body, description } = context;
  const texts = SCREEN_TEXTS[settings.lang];
  const { screens, hooks } = description.maySee;
  document.title = texts.title;
  const client = screensClient(new URL('..', location.href).href);
  const parts = [...(screens ? [walls(context, client)] : []), ...(hooks ? [destinations(context, client)] : [])];
  const roots = parts.map(({ root }) => root);
  const said = parts.length === 0 ? [text('p', texts.notYours, 'note')] : [element('div', 'sc-page', roots)];
  body.replaceChildren(text('h1', texts.title, 'sr'), ...said);
  return {
    show() {
      for (const { show } of parts) show();
    },
  };
}

function walls(context: PageContext, client: ScreensClient): Part {
  const { settings, kpis, zone } = context;
  const { lang } = settings;
  const texts = SCREEN_TEXTS[lang];
  const asked = refreshed(
    () => client.screens(),
    EVERY_MS,
    () => show(),
  );
  const none = [text('h3', texts.noScreens), text('p', texts.noScreensWhy)];
  const card = listCard(texts.screens, lang, element('div', 'empty', none));
  const send: ScreensClient['send'] = async (screen, board) => {
    const outcome = await client.send(screen, board);
    asked.again();
    return outcome;
  };
  const showRows = shownRows(
    card.list,
    ({ screen }: ScreenEntry) => screen,
    () => screenRow({ lang, kpis, send }),
  );
  const show = (): void => {
    const { value, hasFailed } = asked;
    if (value === null) return card.show(null, hasFailed, '');
    const live = value.screens.filter(({ state }) => state !== 'gone').length;
    card.show(value.screens.length, hasFailed, fill(texts.screensHint, { live, desks: value.desks }));
    showRows(value.screens, { lang, zone, kpis, now: context.now() });
  };
  return { root: card.root, show };
}

function destinations(context: PageContext, client: ScreensClient): Part {
  const { settings, zone, description } = context;
  const { lang } = settings;
  const texts = SCREEN_TEXTS[lang];
  const asked = refreshed(
    () => client.hooks(),
    EVERY_MS,
    () => show(),
  );
  const none = [text('h3', texts.noHooks), text('p', texts.noHooksWhy), link(texts.how, HOOKS_GUIDE, 'lk')];
  const card = listCard(texts.hooks, lang, element('div', 'empty', none));
  const test: ScreensClient['test'] = async (hook) => {
    const result = await client.test(hook);
    asked.again();
    return result;
  };
  const options = { lang, guide: HOOKS_GUIDE, test: description.maySee.hookTests ? test : null };
  const showRows = shownRows(
    card.list,
    ({ id }: HookEntry) => id,
    (hook) => hookRow(hook, options),
  );
  const show = (): void => {
    const { value, hasFailed } = asked;
    card.show(value?.length ?? null, hasFailed, texts.hooksHint); // not read yet
    if (value !== null) showRows(value, { zone, now: context.now() });
  };
  return { root: card.root, show };
}
