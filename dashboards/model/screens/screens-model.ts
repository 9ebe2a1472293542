/** Screens as their page says them: what each shows in words, and which boards it can be sent. Pure. */
import { SCREEN_PAGES, type KpiDescription, type ScreenBoard } from '../../../engine/core/wire.ts';
import type { ScreenEntry } from '../../line/screens-client.ts';
import { nameOfKey } from '../dimension-names.ts';
import { formatInstant, formatSpan } from '../format.ts';
import { PAGE_WORDS } from '../pages/page-names.ts';
import { PAGE_TEXTS } from '../pages/page-strings.ts';
import { parseSettings } from '../settings.ts';
import { fill, LANGUAGES, type Language } from '../strings.ts';
import { SCREEN_TEXTS } from './screen-strings.ts';

export interface ScreenView {
  readonly lang: Language;
  readonly zone: string;
  readonly now: number;
  readonly kpis: readonly KpiDescription[];
}

const SHORT_ID = 4;

export function screenName({ name, screen }: Pick<ScreenEntry, 'name' | 'screen'>, lang: Language): string {
  return name === '' ? fill(SCREEN_TEXTS[lang].unnamed, { id: screen.slice(0, SHORT_ID) }) : name;
}

/** `热力图·华东`: the page, the KPI where it is one's, the slice. */
export function boardText({ page, query }: ScreenBoard, { lang, kpis }: ScreenView): string {
  const settings = new URLSearchParams(query);
  const kpi = kpis.find(({ id }) => id === settings.get('kpi'))?.title[lang] ?? settings.get('kpi');
  const name = page === 'kpi' ? (kpi ?? page) : PAGE_TEXTS[lang][PAGE_WORDS[page]];
  const { where } = parseSettings(query, [lang]);
  const slice = Object.keys(where).length === 0 ? [] : [nameOfKey(where, lang)];
  return [name, ...(page !== 'kpi' && kpi !== null ? [kpi] : []), ...slice].join(lang === 'en' ? ' · ' : '·');
}

/** How it looks, since when, how often it is sent something: `中文·深色·1920×1080·…` */
export function factsOf(entry: ScreenEntry, { lang, zone, now }: ScreenView): readonly string[] {
  const texts = SCREEN_TEXTS[lang];
  const theme = texts.themes[entry.theme === 'light' ? 'light' : 'dark'];
  const language = LANGUAGES.find((one) => one === entry.lang);
  const age = formatSpan(Math.max(0, now - Date.parse(entry.seen)), lang);
  return [
    language === undefined ? entry.lang : texts.languages[language],
    theme,
    entry.size.replace('x', '×'),
    fill(texts.version, { version: entry.version }),
    fill(texts.since, { time: formatInstant(Date.parse(entry.since), now, zone, lang) }),
    ...(entry.state === 'gone' ? [] : [fill(texts.pace, { n: entry.frames_per_s.toFixed(1) })]),
    fill(entry.state === 'gone' ? texts.goneFor : texts.seen, { age }),
  ];
}

/** Boards that a wall is offered, by the text that names them in a list; null: its own. The list of walls is for a desk. */
export function boardChoices(
  kpis: readonly KpiDescription[],
  lang: Language,
): readonly { readonly label: string; readonly board: ScreenBoard | null }[] {
  const pages = SCREEN_PAGES.filter((page) => page !== 'kpi' && page !== 'screens').map((page) => ({
    label: PAGE_TEXTS[lang][PAGE_WORDS[page]],
    board: { page, query: '' },
  }));
  const courses = kpis.map(({ id, title }) => ({
    label: fill(SCREEN_TEXTS[lang].kpiBoard, { title: title[lang] }),
    board: { page: 'kpi' as const, query: new URLSearchParams({ kpi: id }).toString() },
  }));
  return [{ label: SCREEN_TEXTS[lang].own, board: null }, ...pages, ...courses];
}
