/** The slices of a KPI beside each other: small charts on one scale, worst first; each opens its own page. */
import { must } from '../../engine/core/must.ts';
import type { KpiDescription, KpiMessage } from '../../engine/core/wire.ts';
import type { BoardState } from '../model/board.ts';
import { formatCount } from '../model/format.ts';
import { isFiner, keyId, NO_VALUES, type Key } from '../model/kpi-values.ts';
import { isWorse, keyText, valueText, type WordsView } from '../model/pages/alert-words.ts';
import { extentOf, pointsOf, stepOf, type CoursePoint } from '../model/pages/chart-points.ts';
import { changed, kpiHref, type KpiAddress } from '../model/pages/page-address.ts';
import { dimensionsText, PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { fill, type Language } from '../model/strings.ts';
import { element, setShown } from '../view/element.ts';
import { keyedList, type KeyedRow } from '../view/pages/keyed-list.ts';
import { icon, segments, text } from '../view/pages/parts.ts';
import { smallCourse } from '../view/pages/small-course.ts';
import type { PageContext } from './open-page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';
import type { KpiCourse, Span } from '../line/page-client.ts';

const MOST = 8;
const EVERY_MS = 120_000;
const LEAST_N = 30;
const SMALL_POINTS = 4;

export function keyCharts(
  context: PageContext,
  kpi: KpiDescription,
  key: Key,
  address: KpiAddress,
  lengthMs: number,
  dirty: () => void,
): { readonly root: HTMLElement; show(state: BoardState, view: WordsView): void } {
  const { lang } = context.settings;
  const texts = PAGE_TEXTS[lang];
  const own = Object.keys(key);
  const splits = kpi.by.filter((by) => by.length > own.length && own.every((dimension) => by.includes(dimension)));
  const ids = splits.map((by) => by.join(','));
  const chosen = ids.find((id) => id === address.split) ?? ids[0];
  const dimensions = chosen === undefined ? [] : chosen.split(',');
  const heading = element('h2', '');
  const hint = element('small', '');
  const seg = splitChoice(splits, own, chosen ?? '', lang); // it is not split
  const list = element('div', 'sms');
  const more = element('p', 'sec');
  const root = element('section', 'card ks', [element('div', 'kh2', [heading, seg]), list, more]);
  setShown(root, splits.length > 0);
  const named = dimensionsText(
    dimensions.filter((one) => !own.includes(one)),
    lang,
  );
  heading.append(text('span', fill(texts.keysBy, { dimension: named })), hint);
  const range = () => ({ from: context.now() - lengthMs, to: context.now() });
  const step = stepOf(range(), kpi.window) * SMALL_POINTS;
  const courseOf = courseLoads(context, kpi.id, () => ({ ...range(), step }), dirty);
  const show = keyedList(list);
  return {
    root,
    show(state, view) {
      if (chosen === undefined) return;
      const ranked = rankedOf(kpi, key, dimensions, state, view);
      const drawn = ranked.slice(0, MOST).map((value) => ({
        value,
        points: pointsOf([...courseOf(value.key), value], range(), step),
      }));
      const extent = extentOf(
        [kpi.target, ...drawn.flatMap(({ points }) => points.map(({ v }) => v))],
        kpi.unit === 'percent',
      );
      const [low, high] = extent;
      const said = (one: number): string => valueText(kpi.id, one, view);
      hint.textContent = drawn.length === 0 ? '' : fill(texts.keysHint, { low: said(low), high: said(high) });
      const alarmed = alarmedOf(kpi.id, state);
      show(
        drawn.map(({ value, points }) =>
          smallRow({
            kpi,
            value,
            points,
            view,
            step,
            extent,
            own,
            span: range(),
            isAlarmed: alarmed.has(keyId(value.key)),
          }),
        ),
      );
      more.textContent =
        ranked.length > MOST ? fill(texts.keysMore, { n: formatCount(ranked.length - MOST, lang) }) : '';
    },
  };
}

/** The names alone, to compare sets of dimensions. */
function sorted(names: readonly string[]): Key {
  return Object.fromEntries([...names].sort().map((name) => [name, '']));
}

interface SmallGiven {
  readonly kpi: KpiDescription;
  readonly value: KpiMessage;
  readonly points: readonly CoursePoint[];
  readonly view: WordsView;
  readonly step: number;
  readonly extent: readonly [number, number];
  /** Dimensions that all of them have in common. */
  readonly own: readonly string[];
  readonly span: Span;
  readonly isAlarmed: boolean;
}
function smallRow({ kpi, value, points, view, step, extent, own, span, isAlarmed }: SmallGiven): KeyedRow {
  const rest = Object.fromEntries(Object.entries(value.key).filter(([dimension]) => !own.includes(dimension)));
  const name = keyText(rest, view.lang);
  const shown = valueText(kpi.id, value.value, view);
  const n = `n ${formatCount(value.n, view.lang)}${value.n < LEAST_N ? ` · ${PAGE_TEXTS[view.lang].tooFew}` : ''}`;
  return {
    id: keyId(value.key),
    says: JSON.stringify([name, shown, n, isAlarmed, points.length, points.at(-1)?.v, extent]),
    make() {
      const title = element('div', '', [
        text('b', name),
        ...(isAlarmed ? [icon('major')] : []),
        text('span', shown, 'v'),
      ]);
      const parts = [
        title,
        smallCourse(points, step, { span: span, extent, target: kpi.target, isAlarmed, width: 150 }),
        text('small', n),
      ];
      return element('a', isAlarmed ? 'sm al1' : 'sm', parts, {
        href: kpiHref('../', location.search, kpi.id, value.key),
        title: name,
      });
    },
  };
}

/** By which dimensions they are split. */
function splitChoice(
  splits: readonly (readonly string[])[],
  own: readonly string[],
  chosen: string,
  lang: Language,
): HTMLElement {
  const nameOf = (by: readonly string[]): string =>
    dimensionsText(
      by.filter((one) => !own.includes(one)),
      lang,
    );
  const choices = splits.map((by) => ({ value: by.join(','), label: nameOf(by) }));
  const choose = (value: string): void => {
    location.search = changed(location.search, { split: value });
  };
  return segments(PAGE_TEXTS[lang].keysBy, choices, chosen, choose);
}

/** The finer keys of these dimensions, the worst first. */
function rankedOf(
  kpi: KpiDescription,
  key: Key,
  dimensions: readonly string[],
  state: BoardState,
  view: WordsView,
): readonly KpiMessage[] {
  const worse = isWorse(view.kpis);
  const all = [...(state.kpis.get(kpi.id) ?? NO_VALUES).latest.values()].filter(
    (one) =>
      one.value !== null && isFiner(one.key, key) && keyId(sorted(dimensions)) === keyId(sorted(Object.keys(one.key))),
  );
  // Too few say more about chance than about customers: they stand last.
  const isThin = (one: KpiMessage): number => Number(one.n < LEAST_N);
  return all.toSorted((a, b) => isThin(a) - isThin(b) || (worse(kpi.id, must(a.value), must(b.value)) ? -1 : 1));
}

function alarmedOf(kpi: string, state: BoardState): ReadonlySet<string> {
  const firing = [...state.alerts.values()].filter(
    ({ message }) => message.kpi === kpi && message.state === 'firing' && !message.silenced,
  );
  return new Set(firing.map(({ message }) => keyId(message.key)));
}

/** The course of each key that is drawn, asked for once it is and again after a while. */
function courseLoads(
  { client }: PageContext,
  kpi: string,
  span: () => Span & { readonly step: number },
  dirty: () => void,
): (key: Key) => readonly KpiMessage[] {
  const courses = new Map<string, Refreshed<KpiCourse>>();
  return (key) => {
    const id = keyId(key);
    let found = courses.get(id);
    if (found === undefined) {
      found = refreshed(() => client.course(kpi, key, span(), span().step), EVERY_MS, dirty);
      courses.set(id, found);
    }
    return found.value?.values ?? []; // not read yet
  };
}
