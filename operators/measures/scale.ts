/** The scale that an answer was given on. */
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { Expression } from '../shared/messages.ts';
import type { Read } from './measure.ts';
import { numberOf } from './reading.ts';

export interface Scale {
  readonly min: number;
  readonly max: number;
}
const METRIC_SCALES: Readonly<Record<string, Scale>> = {
  nps: { min: 0, max: 10 },
  csat: { min: 1, max: 5 },
  ces: { min: 1, max: 7 },
};

/** The scale is the configured one, or the event's own (`data.scale`, `data.rating`), or that of its metric. */
export function percentOfScale(read: Expression, min: number | undefined, max: number | undefined): Read {
  return (event) => {
    const value = numberOf(read(event as unknown as Readonly<Record<string, unknown>>));
    if (value === undefined) return undefined;
    const scale = min !== undefined && max !== undefined ? { min, max } : scaleOf(event.data);
    if (scale === undefined || !(scale.max > scale.min) || !(value >= scale.min && value <= scale.max))
      return undefined;
    return ((value - scale.min) / (scale.max - scale.min)) * 100;
  };
}

function scaleOf(data: JsonObject): Scale | undefined {
  return boundsOf(data['scale']) ?? boundsOf(data['rating']) ?? metricScale(data['metric']);
}
function boundsOf(value: Json | undefined): Scale | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { min, max } = value as JsonObject;
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : undefined;
}
function metricScale(metric: Json | undefined): Scale | undefined {
  return typeof metric === 'string' && Object.hasOwn(METRIC_SCALES, metric) ? METRIC_SCALES[metric] : undefined;
}
