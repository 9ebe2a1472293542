/**
 * What events do to actions, on its way from a partition to where actions run: about three hundred bytes for what asks for one, a
 * hundred for what ends one.
 */
import type { Json } from '../../engine/core/types.ts';
import { readGathered, RecordGatherer, type GatheredForm } from '../between/gathered-records.ts';
import type { CompileExpression } from '../shared/messages.ts';
import type { ActionConfig, ActionRecord, DispatchConfig } from './action.ts';
import { ActionMatcher } from './action-matcher.ts';

export const ACTION_RECORDS: GatheredForm = { owners: 'actions', records: 'records', recordBytes: 300 };

type Names = { readonly id: string };
type Written = readonly [action: number, record: Omit<ActionRecord, 'action'>];

/** Throws EngineError EXPRESSION_INVALID. */
export function actionGatherer(
  configs: readonly ActionConfig[],
  dispatch: DispatchConfig,
  compile: CompileExpression,
): RecordGatherer<ActionRecord> {
  const names = configs.map(({ id }) => ({ id }));
  return new RecordGatherer(ACTION_RECORDS, names, new ActionMatcher(configs, dispatch, compile), written);
}

function written({ action, ...record }: ActionRecord): readonly Json[] {
  return [action, record];
}

/** The records, by the actions that there are now; those of actions that are gone are left out. */
export function readForwardedActions(value: Json, configs: readonly ActionConfig[]): readonly ActionRecord[] {
  return readGathered<ActionRecord>(value, ACTION_RECORDS, (named: Names) => {
    const action = configs.findIndex(({ id }) => id === named.id);
    return action < 0 ? null : ([, record]: Written) => ({ ...record, action }) as ActionRecord;
  });
}
