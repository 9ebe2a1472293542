/** The slices of a KPI beside each other: small charts on one scale, worst first; each opens its own page. */
import type { KpiDescription, KpiMessage } from '../../engine/core/wire.ts';
import type { BoardState } from '../model/board.ts';
import { formatCount } from '../model/format.ts';
import { isFiner, keyId, NO_VALUES, type Key } from '../model/kpi-values.ts';
import { isWorse, keyText, valueText, type WordsView } from '../model/pages/alert-words.ts';
import { extentOf, pointsOf, stepOf } from '../model/pages/course.ts';
import { changed, kpiHref, type KpiAddress } from '../model/pages/page-address.ts';
import { dimensionsText, PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { fill } from '../model/strings.ts';
import { element, setShown } from '../view/element.ts';
import { keyedList } from '../view/pages/keyed-list.ts';
import { icon, segments, text } from '../view/pages/parts.ts';
import { smallCourse } from '../view/pages/small-course.ts';
import type { PageContext } from './page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';
import type { KpiCourse } from '../line/page-client.ts';

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
  const seg = segments(
    texts.keysBy,
    splits.map((by) => ({
      value: by.join(','),
      label: dimensionsText(
        by.filter((one) => !own.includes(one)),
        lang,
      ),
    })),
    chosen ?? '', // it is not split
    (value) => (location.search = changed(location.search, { split: value })),
  );
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
  const courses = new Map<string, Refreshed<KpiCourse>>();
  const courseOf = (one: Key): readonly KpiMessage[] => {
    const id = keyId(one);
    let found = courses.get(id);
    if (found === undefined) {
      found = refreshed(() => context.client.course(kpi.id, one, range(), step), EVERY_MS, dirty);
      courses.set(id, found);
    }
    return found.value?.values ?? []; // not read yet
  };
  const show = keyedList(list);
  return {
    root,
    show(state, view) {
      if (chosen === undefined) return;
      const worse = isWorse(view.kpis);
      const all = [...(state.kpis.get(kpi.id) ?? NO_VALUES).latest.values()]
        .filter(
          (value) => isFiner(value.key, key) && keyId(sorted(dimensions)) === keyId(sorted(Object.keys(value.key))),
        )
        .filter(({ value }) => value !== null);
      // Too few say more about chance than about customers: they stand last.
      const isThin = (one: KpiMessage): number => Number(one.n < LEAST_N);
      const ranked = all.toSorted(
        (a, b) => isThin(a) - isThin(b) || (worse(kpi.id, a.value ?? 0, b.value ?? 0) ? -1 : 1),
      ); // filtered above
      const drawn = ranked.slice(0, MOST).map((value) => ({
        value,
        points: pointsOf([...courseOf(value.key), value], range(), step),
      }));
      const extent = extentOf(
        [kpi.target, ...drawn.flatMap(({ points }) => points.map(({ v }) => v))],
        kpi.unit === 'percent',
      );
      const [low, high] = extent.map((one) => valueText(kpi.id, one, view));
      hint.textContent = drawn.length === 0 ? '' : fill(texts.keysHint, { low: low ?? '', high: high ?? '' }); // two ends always
      const alarmed = new Set(
        [...state.alerts.values()]
          .filter(({ message }) => message.kpi === kpi.id && message.state === 'firing' && !message.silenced)
          .map(({ message }) => keyId(message.key)),
      );
      show(
        drawn.map(({ value, points }) => {
          const isAlarmed = alarmed.has(keyId(value.key));
          const rest = Object.fromEntries(Object.entries(value.key).filter(([dimension]) => !own.includes(dimension)));
          const name = keyText(rest, lang);
          const shown = valueText(kpi.id, value.value, view);
          const n = `n ${formatCount(value.n, lang)}${value.n < LEAST_N ? ` · ${texts.tooFew}` : ''}`;
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
                smallCourse(points, step, { span: range(), extent, target: kpi.target, isAlarmed, width: 150 }),
                text('small', n),
              ];
              return element('a', isAlarmed ? 'sm al1' : 'sm', parts, {
                href: kpiHref('../', location.search, kpi.id, value.key),
                title: name,
              });
            },
          };
        }),
      );
      more.textContent = all.length > MOST ? fill(texts.keysMore, { n: formatCount(all.length - MOST, lang) }) : '';
    },
  };
}

/** The names alone, to compare sets of dimensions. */
function sorted(names: readonly string[]): Key {
  return Object.fromEntries([...names].sort().map((name) => [name, '']));
}
