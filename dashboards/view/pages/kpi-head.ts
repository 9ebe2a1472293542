/** The heading of a KPI's page: its name and slice, range, what it is compared with, exports, the address to send on. */
import type { KpiDescription } from '../../../engine/core/wire.ts';
import type { Key } from '../../model/kpi-values.ts';
import { keyText } from '../../model/pages/alert-words.ts';
import { csvOf, type CoursePoint } from '../../model/pages/chart-points.ts';
import { changed, RANGES, type KpiAddress } from '../../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import type { Settings } from '../../model/settings.ts';
import { element, setShown } from '../element.ts';
import { button, segments, text } from './parts.ts';

const RANGE_TEXTS = {
  '1h': 'range1h',
  '6h': 'range6h',
  '24h': 'range24h',
  '7d': 'range7d',
  '30d': 'range30d',
} as const;

export interface KpiHeadOptions {
  readonly kpi: KpiDescription;
  readonly key: Key;
  readonly settings: Settings;
  readonly address: KpiAddress;
  readonly search: string;
  readonly csv: () => readonly CoursePoint[];
  readonly canvas: () => HTMLCanvasElement | null;
  readonly resetZoom: () => void;
}

export function kpiHead(options: KpiHeadOptions): { readonly root: HTMLElement; zoomed(is: boolean): void } {
  const { kpi, key, settings, address, search } = options;
  const texts = PAGE_TEXTS[settings.lang];
  const go = (change: Parameters<typeof changed>[1]): void => {
    location.search = changed(search, change);
  };
  const ranges = RANGES.map((value) => ({ value, label: texts[RANGE_TEXTS[value]] }));
  const compare = (['day', 'week'] as const).map((one) => {
    const isOn = address.compare.has(one);
    const next = new Set(address.compare);
    if (isOn) next.delete(one);
    else next.add(one);
    const press = (): void => go({ compare: next.size === 0 ? null : [...next].join(',') });
    const node = button(one === 'day' ? texts.yesterday : texts.lastWeek, press, isOn ? 'on' : '', isOn ? 'ok' : null);
    node.setAttribute('aria-pressed', String(isOn));
    return node;
  });
  const zoom = button(texts.zoomBack, () => options.resetZoom(), 'zoom');
  setShown(zoom, false);
  const name = [kpi.id, ...Object.values(key), address.range].join('-');
  const copy = button(texts.copyLink, () => void copied(copy, texts.copied));
  const tools = element('div', 'r', [
    zoom,
    segments(texts.rangeLabel, ranges, address.range, (range) => go({ range })),
    ...compare,
    button('CSV', () => save(`${name}.csv`, new Blob(['\uFEFF', csvOf(options.csv())], { type: 'text/csv' }))),
    button('PNG', () => picture(options, `${name}.png`)),
    copy,
  ]);
  const title = text('h1', kpi.title[settings.lang]);
  const scope = text('span', keyText(key, settings.lang), 'chip chip-scope');
  return {
    root: element('div', 'kh', [title, scope, tools]),
    zoomed: (is) => setShown(zoom, is),
  };
}

export function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const anchor = element('a', '', [], { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** The chart with its name over it, on the page's ground. */
function picture({ canvas, kpi, key, settings }: KpiHeadOptions, name: string): void {
  const chart = canvas();
  if (chart === null) return;
  const style = getComputedStyle(document.documentElement);
  const head = 44 * devicePixelRatio;
  const whole = element('canvas', '');
  whole.width = chart.width;
  whole.height = chart.height + head;
  const ctx = whole.getContext('2d');
  if (ctx === null) return; // the browser draws nothing at all then
  ctx.fillStyle = style.getPropertyValue('--surface');
  ctx.fillRect(0, 0, whole.width, whole.height);
  ctx.fillStyle = style.getPropertyValue('--text');
  ctx.font = `650 ${20 * devicePixelRatio}px ${style.fontFamily}`;
  ctx.textBaseline = 'middle';
  ctx.fillText(`${kpi.title[settings.lang]} · ${keyText(key, settings.lang)}`, 12 * devicePixelRatio, head / 2);
  ctx.drawImage(chart, 0, head);
  whole.toBlob((blob) => (blob === null ? undefined : save(name, blob)), 'image/png');
}

/** Where the browser lets no page write to the clipboard (plain HTTP), the address is there to be copied by hand. */
export async function copied(node: HTMLButtonElement, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    node.textContent = done;
  } catch {
    const shown = element('input', 'inp', [], { readonly: '', 'aria-label': node.textContent });
    shown.value = location.href;
    node.replaceWith(shown);
    shown.select();
  }
}
