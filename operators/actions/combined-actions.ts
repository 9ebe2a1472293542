/** What several partitions forwarded for actions, where they come together, and what outcomes said there do. Keeps nothing. */
import type { Envelope, OperatorDef } from '../../engine/core/types.ts';
import type { Combinable } from '../clocks/combined-clocks.ts';
import type { PartialMessage } from '../kpis/exchange/partial-message.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { ActionConfig, ActionInput, ActionRecord, DispatchConfig } from './action.ts';
import { ActionMatcher } from './action-matcher.ts';
import { readForwardedActions } from './forwarded-actions.ts';

/** Throws EngineError EXPRESSION_INVALID. */
export function combinedActions(
  configs: readonly ActionConfig[],
  dispatch: DispatchConfig,
  compile: CompileExpression,
): OperatorDef<Combinable, ActionInput> {
  const matcher = new ActionMatcher(configs, dispatch, compile);
  return {
    name: 'action-triggers',
    create: () => ({
      onEvent(event, _watermark, out) {
        const { id, key, ts } = event;
        const emit = (action: ActionRecord): void => out.emit({ id, key, ts, value: { action } });
        if (event.derived !== undefined) {
          const keyless = (action: string): void => out.count(`action_keyless_${action}`);
          return matcher.match(event as Envelope<CxEvent>, { record: emit, keyless });
        }
        const { actions } = (event as Envelope<PartialMessage>).value;
        if (actions !== undefined) for (const record of readForwardedActions(actions, configs)) emit(record);
      },
    }),
  };
}
