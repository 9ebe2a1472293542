/** KPIs and events for tests, with everything that does not matter filled in. */
import type { JsonObject, Millis } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope, Enrichment } from '../../shared/messages.ts';
import { NOT_SCORED } from '../../shared/not-scored.ts';

export function specimenKpi(fields: Partial<KpiConfig> & Pick<KpiConfig, 'window'>): KpiConfig {
  return {
    id: 'k',
    title: { 'zh-CN': '指标', en: 'KPI' },
    from: ['cx.survey.answered'],
    where: null,
    measure: { kind: 'count' },
    by: [[]],
    maxKeys: 100_000,
    liveToStream: false,
    allowedLatenessMs: 0,
    onPartial: 'mark',
    better: 'higher',
    target: null,
    unit: 'none',
    decimals: 0,
    ...fields,
  };
}

let serial = 0;
export function specimenEvent(
  ts: Millis,
  data: JsonObject = {},
  fields: { readonly type?: string; readonly channel?: string; readonly enrichment?: Partial<Enrichment> } = {},
): CxEnvelope {
  const eventId = `e${serial++}`;
  const type = fields.type ?? 'cx.survey.answered';
  return {
    id: `s|${eventId}`,
    key: 'c-1',
    ts,
    value: {
      source: 's',
      eventId,
      type,
      family: type.split('.')[1] ?? '',
      channel: fields.channel ?? 'app',
      subjectKey: 'c-1',
      attributes: {},
      data,
      time: ts,
      received: 0,
      enrichment: { ...NOT_SCORED, ...fields.enrichment },
    },
  };
}
