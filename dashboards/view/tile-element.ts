/** One tile on the screen. Made once; `show` puts a model into it. */
import { element, setAttribute, setShown, setText, sign, svg } from './element.ts';
import { fit, widthKey, type Fit } from './fit.ts';
import { HEIGHT, WIDTH, type SparklineShape } from '../model/sparkline.ts';
import type { TileModel } from '../model/tile-model.ts';

export interface TileElement {
  readonly root: HTMLElement;
  show(model: TileModel): void;
}

function tileParts() {
  const title = element('h2', 'tile-title');
  const icon = sign();
  const word = element('span', 'badge-word');
  const badge = element('div', 'badge', [icon.root, word]);
  const digits = element('span', 'digits');
  const unit = element('span', 'unit');
  const arrow = element('span', 'arrow', [], { 'aria-hidden': 'true' });
  const amount = element('span', 'amount');
  const moveWord = element('span', 'move-word');
  const change = element('div', 'change', [arrow, amount, moveWord]);
  const sampleLabel = element('span', 'sample-label');
  const sampleCount = element('span', 'sample-count');
  const target = element('span', 'target');
  const spark = sparkElement();
  const worstLabel = element('span', 'worst-label');
  const worstKey = element('span', 'worst-key');
  const worstValue = element('span', 'worst-value');
  const worst = element('div', 'worst', [worstLabel, worstKey, worstValue]);
  const interval = element('span', 'interval');
  // A fresh value's age is a small thing beside the title; an old one's takes the place of the change.
  const age = element('span', 'age');
  const partial = element('span', 'partial', [], { role: 'img' });
  partial.textContent = '◐';
  const oldAge = element('span', 'old-age');
  const value = element('div', 'value', [digits, unit]);
  const valueRow = element('div', 'tile-value', [value, element('div', 'sample', [sampleLabel, sampleCount])]);
  const standing = element('div', 'standing', [badge, change, oldAge]);
  const root = element('article', 'tile', [
    element('header', 'tile-head', [title, partial, age]),
    valueRow,
    standing,
    spark.root,
    element('div', 'facts', [target, interval]),
    worst,
  ]);
  return {
    ...{
      root,
      title,
      icon,
      word,
      digits,
      unit,
      arrow,
      amount,
      moveWord,
      change,
      sampleLabel,
      sampleCount,
      target,
      spark,
    },
    ...{ worst, worstLabel, worstKey, worstValue, interval, age, partial, oldAge, value, valueRow, standing },
  };
}
type TileParts = ReturnType<typeof tileParts>;

/** @param hrefOf where a KPI's own page is; null: nobody stands before this screen. */
export function tileElement(hrefOf: ((kpi: string) => string) | null): TileElement {
  const parts = tileParts();
  const over = element('a', 'tile-link');
  if (hrefOf !== null) parts.root.append(over);
  const { root, title, partial, age, value, valueRow, standing } = parts;
  const fits: readonly Fit[] = [
    { row: title, text: title, least: 0.8 },
    { row: valueRow, text: value, least: 0.5 },
    { row: standing, text: standing, least: 0.8 },
  ];
  const fitAll = (): void => fits.forEach(fit);
  new ResizeObserver(fitAll).observe(root);
  let widths = '';

  return {
    root,
    show(model) {
      showStanding(parts, model);
      if (hrefOf !== null) setAttribute(over, 'href', hrefOf(model.id));
      setAttribute(over, 'aria-label', model.title);
      showFacts(parts, model);
      const now = widthKey(...[title, partial, age, valueRow, standing].map((node) => node.textContent));
      if (now === widths) return;
      widths = now;
      fitAll();
    },
  };
}

/** What it is, its value, and how that stands and moves. */
function showStanding(parts: TileParts, model: TileModel): void {
  const { title, icon, word, digits, unit, arrow, amount, moveWord, change, age, partial, oldAge, root } = parts;
  setAttribute(root, 'data-kpi', model.id);
  setAttribute(root, 'data-tone', model.tone);
  setAttribute(root, 'data-freshness', model.freshness);
  setText(title, model.title);
  icon.show(model.tone);
  setText(word, model.stateWord);
  setShown(partial, model.partial !== '');
  setAttribute(partial, 'title', model.partial);
  setAttribute(partial, 'aria-label', model.partial);
  setText(digits, model.value.digits);
  setText(unit, model.value.unit);
  const fresh = model.freshness === 'fresh';
  setText(age, fresh ? model.age : '');
  setText(oldAge, fresh ? '' : model.age);
  setShown(oldAge, !fresh);
  setShown(change, fresh && model.change !== null);
  if (model.change !== null) {
    setAttribute(change, 'data-tone', model.change.tone);
    setAttribute(change, 'title', model.change.since);
    setText(arrow, model.change.arrow);
    setText(amount, model.change.amount);
    setText(moveWord, model.change.word);
  }
}

/** What stands below it: target, sample, course, worst key. */
function showFacts(parts: TileParts, model: TileModel): void {
  const { sampleLabel, sampleCount, target, spark, worstLabel, worstKey, worstValue, worst, interval } = parts;
  setText(target, model.target);
  setText(sampleLabel, model.sampleLabel);
  setText(sampleCount, model.sample);
  setAttribute(worst, 'data-empty', String(model.worst === null));
  setAttribute(worst, 'data-firing', String(model.worst?.firing ?? false));
  setText(worstLabel, model.worst?.label ?? '');
  setText(worstKey, model.worst?.key ?? '');
  setText(worstValue, model.worst?.value ?? '');
  setText(interval, model.interval);
  setAttribute(interval, 'title', model.intervalName);
  spark.show(model.spark, model.sparkLabel);
}

function sparkElement(): { readonly root: SVGElement; show(shape: SparklineShape, label: string): void } {
  const area = svg('path', { class: 'spark-area' });
  const target = svg('line', { class: 'spark-target', x1: '0', x2: String(WIDTH) });
  const whisker = svg('line', { class: 'spark-whisker' });
  const line = svg('path', { class: 'spark-line' });
  // A zero-length stroke with round caps: stays a circle while the box is stretched.
  const dot = svg('path', { class: 'spark-dot' });
  const root = svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    [area, target, whisker, line, dot],
  );
  return {
    root,
    show(shape, label) {
      setAttribute(root, 'aria-label', label);
      setAttribute(area, 'd', shape.area);
      setAttribute(line, 'd', shape.line);
      setAttribute(target, 'visibility', shape.targetY === null ? 'hidden' : 'visible');
      const y = shape.targetY ?? 0; // hidden where there is none
      setAttribute(target, 'y1', String(y));
      setAttribute(target, 'y2', String(y));
      setAttribute(dot, 'd', shape.last === null ? '' : `M${shape.last.x} ${shape.last.y}h0.01`);
      setAttribute(whisker, 'visibility', shape.whisker === null ? 'hidden' : 'visible');
      setAttribute(whisker, 'x1', String(shape.last?.x ?? 0));
      setAttribute(whisker, 'x2', String(shape.last?.x ?? 0));
      setAttribute(whisker, 'y1', String(shape.whisker?.top ?? 0));
      setAttribute(whisker, 'y2', String(shape.whisker?.bottom ?? 0));
    },
  };
}
