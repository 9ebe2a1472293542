/** Metrics as Prometheus reads them (text format 0.0.4), for what the engine counts itself. */

import type { HistogramView } from './histogram.ts';

export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
}
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** A queue, buffer or list as metrics show it: what it holds, and at most. */
export interface Queue {
  readonly queue: string;
  readonly depth: number;
  readonly limit: number;
  /** How often something did not get in, or pushed something else out. */
  readonly refused?: number;
}

/** A family of one number, without labels. */
export function single(name: string, type: 'counter' | 'gauge', help: string, value: number): Family {
  return { name, help, type, samples: [{ value }] };
}

/** Families of one number each, whose names begin alike. */
export function singles(
  prefix: string,
  rows: readonly (readonly [name: string, type: 'counter' | 'gauge', help: string, value: number])[],
): Family[] {
  return rows.map(([name, type, help, value]) => single(`${prefix}_${name}`, type, help, value));
}

/** A histogram as its samples, in seconds. */
export function histogramSamples(
  { bounds, counts, sumMs }: HistogramView,
  labels: Readonly<Record<string, string | number>> = {},
): Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    const bound = bounds[i];
    const le = bound === undefined ? '+Inf' : String(bound / 1_000);
    samples.push({ suffix: '_bucket', labels: { ...labels, le }, value: total });
  }
  samples.push({ suffix: '_sum', labels, value: sumMs / 1_000 }, { suffix: '_count', labels, value: total });
  return samples;
}

/** Families without samples are left out. */
export function exposition(families: readonly Family[]): string {
  let text = '';
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue;
    text += `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n`;
    for (const { labels = {}, value, suffix = '' } of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`);
      text += `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numeral(value)}\n`;
    }
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Number.isNaN(value) ? 'NaN' : String(value);
}
