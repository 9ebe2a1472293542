/** A KPI, a rule and values to rehearse rules with; times in seconds from the epoch. */
import type { Envelope, Millis } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../../kpis/kpis-config.ts';
import type { RuleConfig } from '../rules-config.ts';
import type { KpiBirth, KpiValue } from '../../shared/messages.ts';
import type { RuleControl } from '../../controls/controls.ts';

export const KPI: KpiConfig = {
  id: 'negative_rate',
  title: { 'zh-CN': '负面声音占比', en: 'Negative voices' },
  from: ['cx.feedback.posted'],
  where: null,
  measure: { kind: 'ratio', of: 'enrichment.sentiment.label == "negative"', per: 'true' },
  window: { kind: 'sliding', sizeMs: 60_000, slideMs: 1000 },
  by: [['region']],
  maxKeys: 1000,
  liveToStream: false,
  allowedLatenessMs: 60_000,
  onPartial: 'mark',
  better: 'lower',
  target: null,
  unit: 'percent',
  decimals: 1,
};

export const RULE: RuleConfig = {
  id: 'voices_turning',
  title: { 'zh-CN': '负面声音激增', en: 'Voices turning' },
  kpi: 'negative_rate',
  by: ['region'],
  fire: 'value > 40',
  recover: 'value < 30',
  forMs: 3000,
  keepFiringForMs: 5000,
  minN: 10,
  on: 'live',
  onNoData: 'ok',
  expect: [],
  severity: 'critical',
  owner: 'care-team',
  runbook: null,
};

export interface Sample extends Partial<Omit<KpiValue, 'at' | 'watermark' | 'window'>> {
  /** Seconds. */
  readonly at: number;
  readonly end?: number;
  readonly watermark?: number;
}

/** A live value of region east, 2 s ahead of the watermark; final values stand at theirs. */
export function kpiValue(sample: Sample): KpiValue {
  const key = sample.key ?? { region: 'east' };
  const final = sample.final ?? false;
  const at = Math.round(sample.at * 1000);
  const end = sample.end === undefined ? Math.ceil(sample.at) * 1000 : Math.round(sample.end * 1000);
  return {
    kpi: KPI.id,
    n: 50,
    interval: null,
    revision: 0,
    value: 0,
    ...sample,
    key,
    keyId: Object.entries(key)
      .map(([dimension, value]) => `${dimension}=${value}`)
      .join(','),
    final,
    window: { start: end - 60_000, end },
    at,
    watermark: sample.watermark === undefined ? at - (final ? 0 : 2000) : Math.round(sample.watermark * 1000),
  };
}

export function step(value: KpiValue | KpiBirth | RuleControl): {
  readonly event: Envelope<KpiValue | KpiBirth | RuleControl>;
} {
  if ('born' in value) return { event: { id: `${value.born}|born`, key: 'k', ts: value.until, value } };
  const id = 'control' in value ? `control@${value.at}` : `${value.keyId}@${value.at}`;
  return { event: { id, key: 'k', ts: value.at, value } };
}
export function until(seconds: number): { readonly watermark: Millis } {
  return { watermark: Math.round(seconds * 1000) };
}
