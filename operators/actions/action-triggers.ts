/**
 * What events do to actions, in the partition that they come to where it is the only one: beside the KPIs, so that only what actions
 * read goes on. State: the highest event time, beyond which nothing falls due where the input ends.
 */
import { END_OF_TIME, START_OF_TIME, type OperatorDef, type State } from '../../engine/core/types.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { ActionConfig, ActionInput, DispatchConfig } from './action.ts';
import { ActionMatcher } from './action-matcher.ts';

/** Throws EngineError EXPRESSION_INVALID. */
export function actionTriggers(
  configs: readonly ActionConfig[],
  dispatch: DispatchConfig,
  compile: CompileExpression,
): OperatorDef<CxEvent, ActionInput> {
  const matcher = new ActionMatcher(configs, dispatch, compile);
  return {
    name: 'action-triggers',
    create: (_context, saved = []) => {
      let reached = START_OF_TIME;
      for (const part of saved as unknown as readonly number[]) reached = Math.max(reached, part);
      let savedAs = reached;
      return {
        onEvent(event, _watermark, out) {
          if (event.isControl === true || configs.length === 0) return;
          const at = event.arrived ?? event.ts;
          if (event.derived === undefined && at > reached) reached = at;
          if (!matcher.reads(event.value.type)) return;
          const { id, key, ts } = event;
          matcher.match(event, {
            record: (action) => out.emit({ id, key, ts, value: { action } }),
            keyless: (action) => out.count(`action_keyless_${action}`),
          });
        },
        dueAt: () => (reached > START_OF_TIME ? END_OF_TIME : undefined),
        onWatermark(watermark, out) {
          if (watermark < END_OF_TIME) return;
          out.emit({ id: '', key: '', ts: reached, value: { reached } });
          reached = START_OF_TIME;
        },
        delta(): State | undefined {
          if (reached === savedAs) return undefined;
          savedAs = reached;
          return reached;
        },
        *snapshot(): Iterable<State> {
          if (reached > START_OF_TIME) yield reached;
        },
      };
    },
  };
}
