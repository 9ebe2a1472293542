/** What is said of an event that came too late for a KPI. */
import { formatInstant } from '../../../engine/core/cloud-events.ts';
import type { Collector, Millis } from '../../../engine/core/types.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import type { KpiConfig } from '../kpis-config.ts';

/** Who it was and how late, not what it said: the event itself is in the stream of events. */
export function sendLate(
  kpi: KpiConfig,
  { id, type, key, ts }: Pick<CxEnvelope, 'id' | 'key' | 'ts'> & { readonly type: string },
  watermark: Millis,
  out: Pick<Collector<never>, 'count' | 'send'>,
): void {
  out.count(`kpi_late_${kpi.id}`);
  out.send({
    subject: `cx.late.${kpi.id}`,
    type: 'cx.late.event',
    time: ts,
    data: {
      kpi: kpi.id,
      id,
      type,
      key,
      time: formatInstant(ts),
      late_by_ms: watermark - ts,
      watermark: formatInstant(watermark),
      allowed_lateness_ms: kpi.allowedLatenessMs,
    },
  });
}
