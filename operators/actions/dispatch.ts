/** Who is to do what an event asks for, and how much comes before it. Looks at the event alone. */
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { ActionConfig, DispatchConfig } from './action.ts';

export interface Dispatch {
  /** null: nobody is named. */
  ownerOf(event: CxEvent): string | null;
  /** null: there is no formula, or it gives no number. */
  priorityOf(event: CxEvent): number | null;
}

/** Throws EngineError EXPRESSION_INVALID. */
export function dispatchOf(action: ActionConfig, dispatch: DispatchConfig, compile: CompileExpression): Dispatch {
  const own = action.owner === null ? null : compile(action.owner, `actions[${action.id}].owner`);
  const formula = dispatch.priority === null ? null : compile(dispatch.priority, 'dispatch.priority');
  return {
    ownerOf(event) {
      const named = own === null ? null : textOf(own(event as unknown as Readonly<Record<string, unknown>>));
      return named ?? byIssue(event, dispatch) ?? event.enrichment.owner ?? textOf(event.data['owner']);
    },
    priorityOf(event) {
      if (formula === null) return null;
      const value = formula({ ...event, ...weightsOf(event, dispatch) });
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    },
  };
}

function byIssue({ enrichment, data }: CxEvent, { owners }: DispatchConfig): string | null {
  for (const label of [...enrichment.issues.map((issue) => issue.label), data['issue']])
    if (typeof label === 'string' && Object.hasOwn(owners, label)) return owners[label] ?? null;
  return null;
}

function weightsOf({ data, enrichment }: CxEvent, { weights }: DispatchConfig): Readonly<Record<string, number>> {
  const { customer } = data;
  const tier =
    typeof customer === 'object' && customer !== null ? (customer as Readonly<Record<string, unknown>>)['tier'] : null;
  return {
    tier_weight: weightOf(weights.tier, tier),
    urgency_weight: weightOf(weights.urgency, enrichment.urgency ?? data['urgency']),
    intensity: weightOf(weights.intensity, enrichment.sentiment?.intensity),
  };
}
function weightOf(weights: Readonly<Record<string, number>>, name: unknown): number {
  return typeof name === 'string' && Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1; // not named: it counts once
}
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
