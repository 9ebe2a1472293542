/**
 * What the board shows as metrics, so that Prometheus can draw and alert where nothing else is at hand: the latest value of
 * each KPI and key, and how many alerts are open. Bounded: past `LIMIT` values the finest keys are left out and counted.
 */
import { must } from '../../core/must.ts';
import type { Family, Sample } from '../../core/metrics.ts';
import type { AlertMessage, KpiMessage } from '../../core/wire.ts';

export interface ShownBoard {
  cells(): Iterable<{ readonly message: KpiMessage }>;
  readonly alerts: { values(): Iterable<AlertMessage> };
}

/** Series that a scrape may hold of values. */
export const LIMIT = 2_000;

const OWN: ReadonlySet<string> = new Set(['kpi']);

/** A dimension as a label: what Prometheus does not take in a name becomes `_`, or its code (地区: `_u5730_u533a`). */
export function labelOf(dimension: string): string {
  const name = dimension
    .replace(/[^\x00-\x7f]/gu, (char) => `_u${must(char.codePointAt(0)).toString(16)}`)
    .replace(/[^a-zA-Z0-9_]/g, '_');
  return OWN.has(name) || name.startsWith('__') || /^[0-9]/.test(name) ? `key_${name}` : name;
}
/** Two dimensions that would have one label are kept apart by their order. */
function labelsOf(key: KpiMessage['key']): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [dimension, value] of Object.entries(key)) {
    const label = labelOf(dimension);
    labels[label in labels ? `${label}_${Object.keys(labels).length + 1}` : label] = value;
  }
  return labels;
}

/** Values in the order of their KPI and of how fine their key is: which are left out does not change from scrape to scrape. */
export function boardFamilies(board: ShownBoard, limit = LIMIT): Family[] {
  const shown = [...board.cells()]
    .map(({ message }) => message)
    .filter(({ value, retracted }) => value !== null && retracted !== true)
    .map((message) => ({ message, fineness: Object.keys(message.key).length, id: JSON.stringify(message.key) }))
    .sort((a, b) => a.fineness - b.fineness || compare(a.message.kpi, b.message.kpi) || compare(a.id, b.id));
  const values: Sample[] = [];
  const counts: Sample[] = [];
  for (const { message } of shown.slice(0, limit)) {
    const { kpi, key, value, n } = message;
    if (value === null) continue;
    const labels = { kpi, ...labelsOf(key) };
    values.push({ labels, value });
    counts.push({ labels, value: n });
  }
  return [
    {
      name: 'earshot_kpi_value',
      type: 'gauge',
      help: 'Latest value of a KPI, in its unit, by its key.',
      samples: values,
    },
    { name: 'earshot_kpi_n', type: 'gauge', help: 'How many measurements are in that value.', samples: counts },
    {
      name: 'earshot_kpi_values_left_out',
      type: 'gauge',
      help: 'Values that are not among these metrics, because there would be too many.',
      samples: [{ value: Math.max(0, shown.length - limit) }],
    },
    alertsFamily(board.alerts.values()),
  ];
}

/** A rule that once had an alert stays, with 0: what a query can compare with is not gone when all is well again. */
function alertsFamily(alerts: Iterable<AlertMessage>): Family {
  const counts = new Map<string, { readonly labels: Record<string, string>; value: number }>();
  for (const { rule, severity, state } of alerts) {
    for (const one of STATES) {
      const name = JSON.stringify([rule, severity, one]);
      const known = counts.get(name) ?? { labels: { rule, severity, state: one }, value: 0 };
      if (one === state) known.value += 1;
      counts.set(name, known);
    }
  }
  const samples = [...counts.values()];
  return { name: 'earshot_alerts', type: 'gauge', help: 'Open alerts by rule, severity and state.', samples };
}
const STATES = ['pending', 'firing', 'recovering'] as const satisfies readonly AlertMessage['state'][];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Which Earshot this is: 1, as is usual for what has its meaning in its labels. */
export function buildFamily(version: string): Family {
  const samples = [{ labels: { version, node: process.version }, value: 1 }];
  return { name: 'earshot_build_info', type: 'gauge', help: '1, with the version of Earshot and of Node.js.', samples };
}
