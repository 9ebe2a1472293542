/** One tile on the screen. Made once; `show` puts a model into it, calmly: what only moves changes once a second. */
import { element, setAttribute, setSaid, setShown, setStyle, setText } from './element.ts';
import { fitSoon, widthKey, type Fit } from './fit.ts';
import { courseElement } from './overview/course-element.ts';
import { onResize } from './resized.ts';
import { MOST_BARS, type SliceStrip } from '../model/overview/slice-strip.ts';
import type { TileChange, TileModel } from '../model/tile-model.ts';
import { badge } from './pages/parts.ts';

export interface TileElement {
  readonly root: HTMLElement;
  /**
   * A number that is read from five metres changes once a second; what it means, at once.
   * @param second of the clock that is shown.
   */
  show(model: TileModel, second: number): void;
}

function tileParts() {
  const title = element('h2', 'tile-title');
  const state = element('div', 'badge');
  const partial = element('span', 'partial', [], { role: 'img' });
  partial.textContent = '◐';
  const digits = element('span', 'digits');
  const unit = element('span', 'unit');
  const since = element('span', 'since');
  const amount = element('b', 'amount');
  const change = element('div', 'change', [since, new Text(' '), amount]);
  const oldAge = element('div', 'old-age');
  const sample = element('span', 'sample-count');
  const interval = element('span', 'interval');
  const value = element('div', 'value', [digits, unit]);
  const side = element('div', 'side', [change, oldAge, element('div', 'sample', [sample, interval])]);
  const head = element('header', 'tile-head', [title, partial, state]);
  const row = element('div', 'tile-value', [value, side]);
  const course = courseElement();
  const strip = stripElement();
  const root = element('article', 'tile', [head, row, course.root, strip.root]);
  return {
    ...{
      root,
      head,
      title,
      state,
      partial,
      digits,
      unit,
      since,
      amount,
      change,
      oldAge,
      sample,
      interval,
      value,
      side,
      row,
    },
    ...{ course, strip },
  };
}
type TileParts = ReturnType<typeof tileParts>;

/** @param hrefOf where a KPI's own page is; null: nobody stands before this screen. */
export function tileElement(hrefOf: ((kpi: string) => string) | null): TileElement {
  const parts = tileParts();
  const over = element('a', 'tile-link');
  if (hrefOf !== null) parts.root.append(over);
  const { root, value, side, row, strip } = parts;
  const fits: readonly Fit[] = [
    { row, text: value, least: 0.5 },
    { row: strip.root, text: strip.root, least: 0.7 },
  ];
  onResize(root, () => () => fitSoon(...fits));
  let widths = '';
  let drawn = { second: Number.NaN, means: '' };

  return {
    root,
    show(model, second) {
      const means = [model.id, model.look, model.stateWord, model.freshness].join(' ');
      if (means === drawn.means && second === drawn.second) return;
      drawn = { second, means };
      showValue(parts, model);
      if (hrefOf !== null) setAttribute(over, 'href', hrefOf(model.id));
      setAttribute(over, 'aria-label', model.title);
      parts.course.show({
        ...{ shape: model.course, axis: model.axis, label: model.courseLabel },
        marks: model.target === '' ? [] : [{ kind: 'target', text: model.target }],
      });
      strip.show(model);
      const texts = widthKey(...[value, side, strip.root].map((node) => node.textContent));
      if (texts === widths) return;
      widths = texts;
      fitSoon(...fits);
    },
  };
}

/** What it is, its value, how that stands and moves. */
function showValue(parts: TileParts, model: TileModel): void {
  const { root, title, state, partial, digits, unit, change, oldAge, sample, interval } = parts;
  setAttribute(root, 'data-kpi', model.id);
  setAttribute(root, 'data-tone', model.tone);
  setAttribute(root, 'data-look', model.look);
  setAttribute(root, 'data-freshness', model.freshness);
  setText(title, model.title);
  setAttribute(title, 'title', model.title);
  setSaid(state, model.look + model.stateWord, () => [badge(model.look, model.stateWord)]);
  setShown(partial, model.partial !== '');
  setAttribute(partial, 'title', model.partial);
  setAttribute(partial, 'aria-label', model.partial);
  setText(digits, model.value.digits);
  setText(unit, model.value.unit);
  const isFresh = model.freshness === 'fresh';
  setText(oldAge, isFresh ? '' : model.age);
  setShown(oldAge, !isFresh && model.age !== '');
  setShown(change, isFresh && model.change !== null);
  if (model.change !== null) showChange(parts, model.change);
  setText(sample, model.sample);
  setText(interval, model.interval);
  setAttribute(interval, 'title', model.intervalName);
}
function showChange(
  { change, since, amount }: TileParts,
  { arrow, isApart, amount: size, since: than }: TileChange,
): void {
  setAttribute(change, 'data-apart', String(isApart));
  setText(since, than);
  setText(amount, arrow === '' ? size : `${arrow} ${size}`);
}

/** The slices as small bars, and the worst of them in words. */
function stripElement(): { readonly root: HTMLElement; show(model: TileModel): void } {
  const bars = Array.from({ length: MOST_BARS }, () => element('i', ''));
  const target = element('span', 'strip-target');
  const strip = element('div', 'slices', [...bars, target], { 'aria-hidden': 'true' });
  const label = element('span', 'worst-label');
  const key = element('b', 'worst-key');
  const value = element('b', 'worst-value');
  const worst = element('span', 'worst', [label, new Text(' '), key, new Text(' '), value]);
  const root = element('div', 'strip-row', [strip, worst]);
  const showBars = (shown: SliceStrip | null): void => {
    setShown(strip, shown !== null);
    bars.forEach((bar, i) => {
      const one = shown?.bars[i];
      setShown(bar, one !== undefined);
      if (one === undefined) return;
      setStyle(bar, 'height', `${Math.round(one.height * 100)}%`);
      setAttribute(bar, 'data-worst', String(one.isWorst));
      setAttribute(bar, 'title', one.name);
    });
    setShown(target, shown?.target != null);
    setStyle(target, 'bottom', `${Math.round((shown?.target ?? 0) * 100)}%`); // hidden where there is none
  };
  return {
    root,
    show({ strip: slices, worst: alarmed }) {
      showBars(slices);
      // What a rule fires on is named before what is merely worst.
      const said = alarmed?.firing === true ? alarmed : (slices ?? alarmed);
      setAttribute(worst, 'data-firing', String(alarmed?.firing === true));
      setShown(worst, said !== null);
      if (said === null) return;
      setText(label, said.label);
      setText(key, said.key);
      setText(value, said.value);
    },
  };
}
