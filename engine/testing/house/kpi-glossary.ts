/** docs/reference/kpi-glossary.md: the KPIs, clocks and rules of the pack in both languages, from the pack itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../adapters/process/package-root.ts';

interface Titles {
  readonly 'zh-CN': string;
  readonly en: string;
}
interface PackAction {
  readonly id: string;
  readonly title: Titles;
  readonly enabled?: boolean;
  readonly on: string | readonly string[];
  readonly where?: string;
  readonly kind: string;
  readonly after?: string;
  readonly due?: string;
  readonly at_most?: { readonly times: number; readonly in: string };
}
interface Pack {
  readonly actions: readonly PackAction[];
  readonly kpis: readonly {
    readonly id: string;
    readonly title: Titles;
    readonly definition: Titles;
    readonly source: string;
    readonly unit?: string;
    readonly better: string;
    readonly target?: number;
    readonly measure: { readonly kind: string };
  }[];
  readonly rules: readonly {
    readonly id: string;
    readonly title: Titles;
    readonly kpi: string;
    /** A trend alone has none. */
    readonly fire?: string;
    readonly consecutive?: { readonly periods: number; readonly least_change: number };
    readonly certain?: boolean;
  }[];
  readonly event_rules: readonly {
    readonly id: string;
    readonly title: Titles;
    readonly raise: { readonly on: string | readonly string[]; readonly where: string };
  }[];
}

const pack = (): Pack =>
  parse(readFileSync(join(packageRoot(), 'operators/packs/customer-experience.yaml'), 'utf8')) as Pack;

/** Unless the KPI says otherwise. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ csat: 'percent', share: 'percent', ratio: 'percent', nps: 'points', ces: 'percent', mean100: 'score' },
  ...{ count: 'count', rate: 'count', mean: 'score', quantile: 'score', distinct: 'count', top: 'count' },
  ...{ conversion: 'percent', drop_off: 'percent' },
};

export function kpiRows(): readonly (readonly string[])[] {
  return pack().kpis.map(({ id, title, definition, source, unit, better, target, measure }) => [
    `\`${id}\``,
    `${title.en} · ${title['zh-CN']}`,
    `${definition.en} · ${definition['zh-CN']}`,
    `${unit ?? UNITS[measure.kind] ?? 'none'}, ${better === 'higher' ? '↑' : '↓'}${target === undefined ? '' : ` ${target}`}`,
    source,
  ]);
}

export function actionRows(): readonly (readonly string[])[] {
  return pack().actions.map(({ id, title, enabled = true, on, where, kind, after, due, at_most: cap }) =>
    [
      `\`${id}\``,
      `${title.en} · ${title['zh-CN']}`,
      enabled ? 'on' : 'off',
      `\`cx.actions.${kind}\``,
      `${typesOf(on)}${where === undefined ? '' : `: \`${where}\``}`,
      [
        ...(after === undefined ? [] : [`${after} later`]),
        ...(due === undefined ? [] : [`due in ${due}`]),
        ...(cap === undefined ? [] : [`${cap.times} in ${cap.in} at most`]),
      ].join(', '),
    ].map((column) => column.replaceAll('|', '\\|')),
  );
}

function typesOf(on: string | readonly string[]): string {
  return [on]
    .flat()
    .map((type) => `\`${type}\``)
    .join(', ');
}

export function ruleRows(): readonly (readonly string[])[] {
  const { rules, event_rules: eventRules } = pack();
  const ofKpis = rules.map(({ id, title, kpi, fire, consecutive, certain }) => {
    const trend =
      consecutive === undefined
        ? []
        : [`worse ${String(consecutive.periods)} windows in a row, each by ${String(consecutive.least_change)}`];
    const threshold = fire === undefined ? [] : [`\`${fire}\`${certain === true ? ' for certain' : ''}`];
    return [`\`${id}\``, `${title.en} · ${title['zh-CN']}`, `\`${kpi}\``, [...trend, ...threshold].join(', ')];
  });
  const ofEvents = eventRules.map(({ id, title, raise: { on, where } }) => [
    `\`${id}\``,
    `${title.en} · ${title['zh-CN']}`,
    typesOf(on),
    `\`${where}\``,
  ]);
  // A bar ends a column, within a code span too.
  return [...ofKpis, ...ofEvents].map((row) => row.map((column) => column.replaceAll('|', '\\|')));
}
