/** Queues and service: who waits, what breaks next. What is open is asked for again and again; shares in time come live. */
import { must } from '../../engine/core/must.ts';
import type { Admitted } from '../line/admission.ts';
import type { ClocksOpen } from '../line/page-client.ts';
import { keyText } from '../model/pages/alert-words.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { agesFor, chosenClocks, queueShown } from '../model/pages/queue-model.ts';
import type { BoardState } from '../model/board.ts';
import { element } from '../view/element.ts';
import { keyedList, type KeyedRow } from '../view/pages/keyed-list.ts';
import { text } from '../view/pages/parts.ts';
import { nextCard, teamsCard, totals } from '../view/pages/queue-parts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed } from './refreshed.ts';

const EVERY_MS = 3000;
const MOST_NEXT = 6;
const EXAMPLE =
  'clocks:\n  - id: first_response\n    key: data.case\n    start: {on: cx.case.opened}\n    stop: {on: cx.case.replied}\n    target: [{within: 2h}]\n    keep: [channel, region, team]';

/** KPIs that say how many of a clock's runs were in time. */
export function inTimeTopics({ known }: Admitted): readonly string[] {
  return known.filter(({ id }) => id.endsWith('_within')).map(({ id }) => `kpi/${id}`);
}

export function queuesView(context: PageContext, asked: string | null): Page {
  const { settings, client, body } = context;
  const texts = PAGE_TEXTS[settings.lang];
  let ages = agesFor(null);
  let by = 'team';
  let heardAt = context.now();
  const load = refreshed(
    async () => {
      const answer = await client.clocks(ages, by);
      const chosen = chosenClocks(answer.clocks, asked);
      // The next answer is on the scale of this one.
      ages = agesFor(Math.max(0, ...chosen.map(({ oldest_s: oldest }) => oldest ?? 0))); // nothing is open
      heardAt = context.now();
      // Where no clock keeps a team, channels tell them apart.
      const isOfNobody = chosen.every(({ groups }) => groups.every(({ value }) => value === null));
      if (by === 'team' && isOfNobody && chosen.some(({ open }) => open > 0)) by = 'channel';
      return answer;
    },
    EVERY_MS,
    () => page.show(context.state()),
  );
  context.title(texts.queueTitle, keyText(settings.where, settings.lang));
  const show = keyedList(body);
  const page = {
    show(state: BoardState): void {
      if (load.value === null) return show([note('loading', load.hasFailed ? texts.boardFailed : texts.loading)]);
      const clocks = chosenClocks(load.value.clocks, asked);
      if (clocks.length === 0) return show([empty(texts.queueEmptyTitle, texts.queueEmptyWhy)]);
      show([
        ...rowsOf(load.value, clocks, { context, state, sinceMs: Math.max(0, context.now() - heardAt) }),
        ...(load.hasFailed ? [note('failed', texts.boardFailed)] : []),
      ]);
    },
  };
  return page;
}

function rowsOf(
  answer: ClocksOpen,
  clocks: ReturnType<typeof chosenClocks>,
  { context, state, sinceMs }: { readonly context: PageContext; readonly state: BoardState; readonly sinceMs: number },
): readonly KeyedRow[] {
  const { lang } = context.settings;
  const shown = queueShown(answer, clocks, context.kpis, state, { sinceMs, most: MOST_NEXT });
  const titleOf = (id: string): string =>
    must(
      clocks.find(({ clock }) => clock === id),
      'the clock of what falls due',
    ).title[lang];
  const { next, teams, ...whole } = shown;
  const isSecond = next.map(({ leftMs, ...rest }) => [Math.floor(leftMs / 1000), rest]);
  const grid: readonly KeyedRow[] = [
    {
      id: 'teams',
      says: JSON.stringify([teams, answer.bounds_s]),
      make: () => teamsCard(shown, answer, lang),
    },
    { id: 'next', says: JSON.stringify(isSecond), make: () => nextCard(shown, titleOf, lang) },
  ];
  return [{ id: 'totals', says: JSON.stringify(whole), make: () => totals(shown, answer.by, lang) }, gridRow(grid)];
}
/** The two beside each other, each made again by itself. */
function gridRow(rows: readonly KeyedRow[]): KeyedRow {
  return {
    id: 'grid',
    says: JSON.stringify(rows.map(({ says }) => says)),
    make: () =>
      element(
        'div',
        'qg',
        rows.map((row) => row.make()),
      ),
  };
}

function note(id: string, words: string): KeyedRow {
  return { id, says: words, make: () => text('p', words, 'note') };
}
function empty(title: string, why: string): KeyedRow {
  const parts = [text('h2', title), text('p', why), text('pre', EXAMPLE)];
  return { id: 'empty', says: title, make: () => element('section', 'card empty', parts) };
}
