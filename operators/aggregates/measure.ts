/** A measure as configured: what it reads from an event, and how that is aggregated. */
import type { Json, JsonObject } from '../../engine/core/types.ts';
import { cutText } from '../../engine/core/json/well-formed.ts';
import type { MeasureConfig } from './measure-config.ts';
import type { CompileExpression, CxEvent, Expression } from '../shared/messages.ts';
import { ces, nps } from './balance.ts';
import { count, rate } from './count.ts';
import { MAX_MAGNITUDE } from './exact-sum.ts';
import { max, min } from './extreme.ts';
import { csat, ratio, RATIO_OF, RATIO_PER, share } from './proportion.ts';
import { stability } from './stability.ts';
import { mean, mean100, sum } from './sum.ts';
import { quantile } from './quantile.ts';
import { top } from './top.ts';
import { distinct } from './distinct.ts';
import type { AnyAggregate, Sketchable, SketchAggregate, SketchState } from './aggregate.ts';

/** What is measured in an event; undefined: nothing, and the event does not count in n. */
export type Read = (event: CxEvent) => Sketchable | undefined;

export interface Measure {
  readonly aggregate: AnyAggregate;
  readonly read: Read;
}

/** Throws EngineError EXPRESSION_INVALID. */
export function measureOf(config: MeasureConfig, compile: CompileExpression): Measure {
  return { aggregate: aggregateOf(config), read: readerOf(config, compile) };
}

export function aggregateOf(config: MeasureConfig): AnyAggregate {
  switch (config.kind) {
    case 'count':
      return count;
    case 'rate':
      return rate(config.perMs);
    case 'sum':
      return sum;
    case 'mean':
      return mean;
    case 'mean100':
      return mean100;
    case 'min':
      return min;
    case 'max':
      return max;
    case 'nps':
      return nps;
    case 'csat':
      return csat(config.max ?? 5);
    case 'ces':
      return ces[config.as];
    case 'ratio':
      return ratio;
    case 'share':
      return share;
    case 'quantile':
      return sketchAggregate(quantile(config.q));
    case 'distinct':
      return sketchAggregate(distinct);
    case 'top':
      return sketchAggregate(top(config.k));
    case 'psi':
      return stability(config, config.reference);
  }
}

/**
 * A sketch whose state and values only itself looks into: `readerOf` gives it what it takes, and no state but its own ever
 * comes near it.
 */
function sketchAggregate<S extends SketchState, X extends Sketchable>(aggregate: SketchAggregate<S, X>): AnyAggregate {
  return aggregate;
}

function readerOf(config: MeasureConfig, compile: CompileExpression): Read {
  switch (config.kind) {
    case 'count':
    case 'rate':
      return () => 1;
    case 'sum':
    case 'mean':
      return numberWithin(compile(config.value), config.min ?? -MAX_MAGNITUDE, config.max ?? MAX_MAGNITUDE);
    case 'min':
    case 'max':
      return numberWithin(compile(config.value), config.min ?? -Number.MAX_VALUE, config.max ?? Number.MAX_VALUE);
    case 'quantile':
      return numberWithin(compile(config.value), -MAX_MAGNITUDE, MAX_MAGNITUDE);
    case 'psi':
      return numberWithin(compile(config.value), config.min, config.max);
    case 'nps':
      return numberWithin(compile(config.value), config.min ?? 0, config.max ?? 10);
    case 'csat':
      return numberWithin(compile(config.value), config.min ?? 1, config.max ?? 5);
    case 'ces':
      return numberWithin(compile(config.value), 1, 7);
    case 'mean100':
      return percentOfScale(compile(config.value), config.min, config.max);
    case 'ratio':
      return ratioBits(compile(config.of), compile(config.per));
    case 'share':
      return truth(compile(config.of));
    case 'distinct':
    case 'top':
      return labels(compile(config.value));
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** Numbers out of the scale are no answers. Not a number is out of every scale. */
function numberWithin(expression: Expression, low: number, high: number): Read {
  return (event) => {
    const value = numberOf(expression(event as unknown as Readonly<Record<string, unknown>>));
    return value !== undefined && value >= low && value <= high ? value : undefined;
  };
}

/** The scale is the configured one, or the event's own (`data.scale`, `data.rating`), or that of its metric. */
function percentOfScale(expression: Expression, min: number | undefined, max: number | undefined): Read {
  return (event) => {
    const value = numberOf(expression(event as unknown as Readonly<Record<string, unknown>>));
    if (value === undefined) return undefined;
    const scale = min !== undefined && max !== undefined ? { min, max } : scaleOf(event.data);
    if (scale === undefined || !(scale.max > scale.min) || !(value >= scale.min && value <= scale.max))
      return undefined;
    return ((value - scale.min) / (scale.max - scale.min)) * 100;
  };
}

interface Scale {
  readonly min: number;
  readonly max: number;
}
const METRIC_SCALES: Readonly<Record<string, Scale>> = {
  nps: { min: 0, max: 10 },
  csat: { min: 1, max: 5 },
  ces: { min: 1, max: 7 },
};

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

function ratioBits(of: Expression, per: Expression): Read {
  return (event) => {
    const variables = event as unknown as Readonly<Record<string, unknown>>;
    const bits = (per(variables) === true ? RATIO_PER : 0) | (of(variables) === true ? RATIO_OF : 0);
    return bits === 0 ? undefined : bits;
  };
}

/** Neither true nor false is no answer. */
function truth(expression: Expression): Read {
  return (event) => {
    const value = expression(event as unknown as Readonly<Record<string, unknown>>);
    return value === true ? 1 : value === false ? 0 : undefined;
  };
}

/** Items of `distinct` and `top`: a label, or a list of them. Longer ones are cut. */
const MAX_LABEL = 200;
/** Of an event: each one is kept in each total that it counts in. */
const MAX_LABELS = 250;

function labels(expression: Expression): Read {
  return (event) => {
    const value = expression(event as unknown as Readonly<Record<string, unknown>>);
    if (!Array.isArray(value)) return labelOf(value);
    const list = value
      .slice(0, MAX_LABELS)
      .map(labelOf)
      .filter((label) => label !== undefined);
    return list.length === 0 ? undefined : list;
  };
}
function labelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cutText(value, MAX_LABEL);
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}
