/** Issues and voices: what customers speak of, what rises, in their words. Counts come live, their past and quotes are asked for. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import type { VoiceQuote, VoicesAbout } from '../line/page-client.ts';
import type { BoardState } from '../model/board.ts';
import { formatSpan } from '../model/format.ts';
import { wordChips } from '../view/pages/word-chips.ts';
import { keyText, type WordsView } from '../model/pages/alert-words.ts';
import { sizeOf } from '../model/pages/chart-points.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { issueRows } from '../model/voices/voices-model.ts';
import { fill } from '../model/strings.ts';
import { element, setText } from '../view/element.ts';
import { keyedList } from '../view/pages/keyed-list.ts';
import { card, text } from '../view/pages/parts.ts';
import { issueRow, quotesOf } from '../view/pages/voices-parts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';

const HOURS_MS = 3 * 3_600_000;
const STEP_MS = 120_000;
const PAST_EVERY_MS = 60_000;
const QUOTES_EVERY_MS = 10_000;
const QUOTES = 4;
const WORDS_EVERY_MS = 30_000;
const WORDS = 8;
const EXAMPLE =
  'kpis:\n  - id: issue_voices\n    from: [cx.feedback.posted, cx.survey.answered, cx.interaction.message]\n    where: enrichment.issues.size() > 0\n    measure: {kind: count}\n    window: {kind: sliding, size: 1h, slide: 1m}\n    by: [[], [issue]]';

export function voicesView(context: PageContext, kpi: KpiDescription | null): Page {
  const { settings, body } = context;
  const texts = PAGE_TEXTS[settings.lang];
  context.title(texts.voiceTitle, keyText(settings.where, settings.lang));
  if (kpi !== null) return knownIssues(context, kpi);
  const parts = [text('h2', texts.voiceEmptyTitle), text('p', texts.voiceEmptyWhy), text('pre', EXAMPLE)];
  body.replaceChildren(element('section', 'card empty', parts));
  return { show: () => undefined };
}

function knownIssues(context: PageContext, kpi: KpiDescription): Page {
  const { settings, client, body } = context;
  const { lang } = settings;
  const texts = PAGE_TEXTS[lang];
  const redraw = (): void => page.show(context.state());
  const span = () => ({ from: context.now() - HOURS_MS, to: context.now() });
  const past = refreshed(() => client.courses(kpi.id, span(), STEP_MS), PAST_EVERY_MS, redraw);
  const words = refreshed(() => client.risingWords(settings.where, WORDS), WORDS_EVERY_MS, redraw);
  let chosen: VoicesAbout | null = null;
  let quotes: { readonly id: string; readonly load: Refreshed<readonly VoiceQuote[]> } | null = null;
  const list = element('div', 'rows', [], { role: 'list' });
  const hint = text('p', '', 'sec');
  const left = card(texts.voiceIssues, texts.voiceRisingFirst, [list, hint], 'ic-card');
  const right = element('div', 'qw');
  const strip = element('section', 'rw', [], { 'aria-label': texts.wordsTitle });
  body.replaceChildren(element('div', 'iv', [left, right]), strip);
  const showWords = keyedList(strip);
  const [showRows, showQuotes] = [keyedList(list), keyedList(right)];
  const window = sizeOf(kpi.window);
  const page = {
    show(state: BoardState): void {
      const rows = issueRows(kpi, state, past.value?.values ?? []); // not read yet
      const first = rows[0] === undefined ? null : { issue: rows[0].issue }; // nobody speaks of any
      const about = chosen ?? first;
      const id = JSON.stringify(about);
      if (about !== null && quotes?.id !== id) {
        quotes?.load.stop();
        quotes = { id, load: refreshed(() => client.voices(about, settings.where, QUOTES), QUOTES_EVERY_MS, redraw) };
      }
      const most = Math.max(1, ...rows.map(({ n, usual }) => Math.max(n, usual ?? 0))); // of a new one none is
      const choose = (one: VoicesAbout): void => {
        chosen = one;
        redraw();
      };
      const look = { lang, span: span(), chosen: about, choose: settings.kiosk ? null : choose, most };
      showRows(rows.map((row, i) => issueRow(row, i + 1, look)));
      const said = rows.length === 0 ? texts.voiceNobody : past.hasFailed ? texts.boardFailed : windowText(window);
      setText(hint, said);
      const view: WordsView = { lang, zone: context.zone, now: context.now(), kpis: context.kpis, rules: [] };
      const load = quotes?.load ?? null;
      showQuotes([
        {
          id: 'quotes',
          says: JSON.stringify([about, load?.value, load?.hasFailed]),
          make: () => quotesOf(about, load?.value ?? null, load?.hasFailed === true, view),
        },
      ]);
      showWords([wordChips(words.value, words.hasFailed, look)]);
    },
  };
  function windowText(size: number | null): string {
    return size === null ? '' : fill(texts.voiceWindow, { size: formatSpan(size, lang) });
  }
  return page;
}
