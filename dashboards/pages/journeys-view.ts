/** Journeys: where customers stop. The funnel of a range beside the range before it, asked for again each half minute. */
import type { JourneyFunnel } from '../line/funnel-form.ts';
import type { JourneyEntry, Span } from '../line/page-client.ts';
import { formatCount } from '../model/format.ts';
import { keyText } from '../model/pages/alert-words.ts';
import { funnelShown } from '../model/pages/funnel-model.ts';
import { changed, RANGE_MS, RANGES, type JourneyAddress } from '../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { percentText } from '../model/pages/span-words.ts';
import { fill } from '../model/strings.ts';
import { element } from '../view/element.ts';
import { breakRows, funnelSentence, shareCard, stepColumn, type Share } from '../view/pages/funnel-parts.ts';
import { keyedList, type KeyedRow } from '../view/pages/keyed-list.ts';
import { segments, select, text } from '../view/pages/parts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';

const EVERY_MS = 30_000;
const LIST_EVERY_MS = 300_000;
/** Slices whose funnels are asked for beside the whole. */
const MOST_SLICES = 6;
const EXAMPLE =
  'journeys:\n  - id: checkout\n    key: data.customer.id\n    steps:\n      - {id: cart, on: cx.journey.step, where: data.step == "cart"}\n      - {id: pay, on: cx.journey.step, where: data.step == "pay"}\n      - {id: done, on: cx.order.completed}\n    expire: 24h\n    keep: [channel]\n    funnel: 1h';

interface Loads {
  readonly now: Refreshed<JourneyFunnel>;
  readonly before: Refreshed<JourneyFunnel>;
  readonly slices: readonly { readonly value: string; readonly load: Refreshed<JourneyFunnel> }[];
}

export function journeysView(context: PageContext, address: JourneyAddress): Page {
  const { settings, client, body } = context;
  const texts = PAGE_TEXTS[settings.lang];
  let dirty = (): void => undefined;
  const list = refreshed(
    () => client.journeys(),
    LIST_EVERY_MS,
    () => dirty(),
  );
  let chosen: JourneyEntry | null = null;
  let loads: Loads | null = null;
  const show = keyedList(body);
  context.title(texts.navJourneys, '');
  const page = {
    show(): void {
      if (list.value === null) return show([note('loading', list.hasFailed ? texts.boardFailed : texts.loading)]);
      const found = list.value.find((one) => one.id === address.journey) ?? list.value.find((one) => one.hasFunnel);
      if (found?.hasFunnel !== true) return show([empty(context)]);
      if (found.id !== chosen?.id) {
        chosen = found;
        loads = loadsOf(context, found, address, () => dirty());
        context.title(found.title[settings.lang], scopeText(context, address));
      }
      if (loads !== null) show(rowsOf(context, address, list.value, chosen, loads));
    },
  };
  dirty = () => page.show();
  return page;
}

function scopeText({ settings: { lang, where } }: PageContext, { range }: JourneyAddress): string {
  const texts = PAGE_TEXTS[lang];
  const ranges = {
    '1h': texts.range1h,
    '6h': texts.range6h,
    '24h': texts.range24h,
    '7d': texts.range7d,
    '30d': texts.range30d,
  };
  const last = fill(texts.last, { range: ranges[range] });
  return [keyText(where, lang), last].join(lang === 'en' ? ' · ' : '·');
}

function loadsOf(context: PageContext, journey: JourneyEntry, { range }: JourneyAddress, dirty: () => void): Loads {
  const { client, kpis, settings } = context;
  const lengthMs = RANGE_MS[range];
  const span = (backMs: number): Span => ({ from: context.now() - backMs - lengthMs, to: context.now() - backMs });
  const of = (backMs: number, key: Readonly<Record<string, string>>): Refreshed<JourneyFunnel> =>
    refreshed(() => client.funnel(journey.id, key, span(backMs)), EVERY_MS, dirty);
  // Its slices are those of the KPI that the funnel is made of.
  const values = kpis.find(({ id }) => id === `${journey.id}_funnel`)?.values ?? []; // nothing ended yet
  const channels = [...new Set(values.flatMap(({ key }) => key['channel'] ?? []))].filter((one) => one !== ''); // of the whole
  const isSliced = journey.dimensions.includes('channel') && settings.where['channel'] === undefined;
  const own = Object.fromEntries(Object.entries(settings.where).filter(([name]) => journey.dimensions.includes(name)));
  return {
    now: of(0, own),
    before: of(lengthMs, own),
    slices: (isSliced ? channels.sort().slice(0, MOST_SLICES) : []).map((value) => ({
      value,
      load: of(0, { ...own, channel: value }),
    })),
  };
}

function rowsOf(
  context: PageContext,
  address: JourneyAddress,
  all: readonly JourneyEntry[],
  journey: JourneyEntry,
  { now, before, slices }: Loads,
): readonly KeyedRow[] {
  const { lang, kiosk } = context.settings;
  const texts = PAGE_TEXTS[lang];
  const controls = kiosk ? [] : [controlsRow(context, address, all, journey)];
  if (now.value === null) return [...controls, note('loading', now.hasFailed ? texts.boardFailed : texts.loading)];
  const funnel = now.value;
  const shown = funnelShown(funnel, before.value);
  const channels = slices
    .flatMap(({ value, load }) => (load.value?.conversion == null ? [] : [{ value, at: load.value.conversion }]))
    .sort((a, b) => a.at - b.at)
    .slice(0, 3)
    .map(({ value, at }): Share => ({ name: keyText({ channel: value }, lang), value: percentText(at, lang) }));
  const totals: readonly Share[] = [
    { name: texts.funnelEnded, value: formatCount(funnel.ended, lang) },
    { name: texts.funnelCompleted, value: formatCount(funnel.completed, lang) },
    { name: texts.funnelConversion, value: percentText(funnel.conversion, lang) },
  ];
  return [
    ...controls,
    {
      id: 'sentence',
      says: JSON.stringify([shown.worst, shown.lost, shown.hasUsual]),
      make: () => funnelSentence(shown, lang),
    },
    {
      id: 'funnel',
      says: JSON.stringify(shown),
      make: () => {
        const steps = shown.steps.map((step, i) => stepColumn(step, i, lang, shown.hasUsual));
        const root = element('div', 'fn', steps);
        root.style.setProperty('--columns', String(steps.length));
        return root;
      },
    },
    {
      id: 'cards',
      says: JSON.stringify([funnel, channels]),
      make: () =>
        element('div', 'jb', [
          shareCard(texts.funnelBreaks, breakRows(funnel, lang), texts.funnelNoBreaks),
          shareCard(texts.funnelChannels, channels, texts.funnelNoChannels),
          shareCard(texts.funnelTotals, totals, ''),
        ]),
    },
    note('legend', now.hasFailed ? texts.boardFailed : texts.funnelLegend),
  ];
}

function controlsRow(
  { settings: { lang } }: PageContext,
  { range }: JourneyAddress,
  all: readonly JourneyEntry[],
  journey: JourneyEntry,
): KeyedRow {
  const texts = PAGE_TEXTS[lang];
  const known = all.filter(({ hasFunnel }) => hasFunnel);
  const names = {
    '1h': texts.range1h,
    '6h': texts.range6h,
    '24h': texts.range24h,
    '7d': texts.range7d,
    '30d': texts.range30d,
  };
  const choices = known.map(({ id, title }) => ({ value: id, label: title[lang] }));
  return {
    id: 'controls',
    says: JSON.stringify([range, journey.id, choices]),
    make: () =>
      element('div', 'pk', [
        ...(known.length > 1
          ? [
              select(
                texts.navJourneys,
                choices,
                journey.id,
                (id) => (location.search = changed(location.search, { journey: id })),
              ),
            ]
          : []),
        segments(
          texts.rangeLabel,
          RANGES.map((value) => ({ value, label: names[value] })),
          range,
          (value) => (location.search = changed(location.search, { range: value })),
        ),
      ]),
  };
}

function note(id: string, words: string): KeyedRow {
  return { id, says: words, make: () => text('p', words, 'note') };
}
function empty({ settings: { lang } }: PageContext): KeyedRow {
  const texts = PAGE_TEXTS[lang];
  const parts = [text('h2', texts.funnelEmptyTitle), text('p', texts.funnelEmptyWhy), text('pre', EXAMPLE)];
  return { id: 'empty', says: lang, make: () => element('section', 'card empty', parts) };
}
