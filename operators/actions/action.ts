/** What flows between the parts of actions. Plain data only. */
import type { Json, JsonObject, Millis } from '../../engine/core/types.ts';
import type { Titles } from '../config/config-values.ts';

/** What makes an action begin, end or stay away: events of these types for which `where` holds, under this key. */
export interface OccasionConfig {
  /** Event types, `clock.<id>`, `journey.<id>`, `alert.<rule>`. */
  readonly on: readonly string[];
  /** CEL; null: all, and of alerts those that begin to fire (`on`) or end (`unless`, `done`). */
  readonly where: string | null;
  /** CEL; null: the case, conversation or customer. */
  readonly key: string | null;
}
export interface CapConfig {
  readonly times: number;
  readonly inMs: Millis;
  /** CEL: who is not to be asked more often. */
  readonly per: string;
  /** Actions of one name count together. */
  readonly shared: string | null;
}
export interface ActionConfig extends OccasionConfig {
  readonly id: string;
  /** null: called by its kind. */
  readonly title: Titles | null;
  readonly kind: string;
  readonly afterMs: Millis;
  readonly unless: OccasionConfig | null;
  readonly done: OccasionConfig | null;
  readonly atMost: CapConfig | null;
  readonly dueMs: Millis | null;
  /** In whose working time `due` counts; null: every hour does. */
  readonly calendar: string | null;
  /** CEL; null: by `dispatch.owners`, else the event's own. */
  readonly owner: string | null;
  /** Where it is not done by then; null: nowhere. */
  readonly escalate: { readonly afterMs: Millis; readonly to: string | null } | null;
  readonly data: JsonObject;
  readonly keep: readonly string[];
  /** Of the types in `on`: outcomes of clocks whose key is a case. */
  readonly ofCases: readonly string[];
  readonly expireMs: Millis;
  readonly allowedLatenessMs: Millis;
  readonly maxOpen: number;
}
export interface DispatchConfig {
  /** CEL; null: none. */
  readonly priority: string | null;
  readonly weights: {
    readonly tier: Readonly<Record<string, number>>;
    readonly urgency: Readonly<Record<string, number>>;
    readonly intensity: Readonly<Record<string, number>>;
  };
  /** Issue → owner. */
  readonly owners: Readonly<Record<string, string>>;
}

export type ActionRecord = TriggerRecord | VerbRecord;

/** An event asks for an action. */
export interface TriggerRecord {
  readonly verb: 'trigger';
  /** Place in the configuration. */
  readonly action: number;
  /** Of the action that follows: the same for the same event, and fit for a path. */
  readonly id: string;
  readonly key: string;
  readonly at: Millis;
  /** Of the event. */
  readonly event: string;
  readonly type: string;
  /** For whom the cap counts; null: for nobody. */
  readonly per: string | null;
  readonly owner: string | null;
  readonly priority: number | null;
  readonly case: string | null;
  readonly customer: string | null;
  /** By the names of `keep`. */
  readonly kept: JsonObject;
  /** Of what clocks and journeys say, which is never late. */
  readonly isDerived: boolean;
}
/** An event ends what was asked for, or withdraws it; `retract`: what asked for it is no longer so. */
export interface VerbRecord {
  readonly verb: 'unless' | 'done' | 'retract';
  readonly action: number;
  /** Of `retract`: the action's; else ``. */
  readonly id: string;
  readonly key: string;
  readonly at: Millis;
  readonly event: string;
  readonly type: string;
  readonly isDerived: boolean;
}

/** What runs actions is handed these, among the values that rules judge. */
export type ActionInput =
  | { readonly action: ActionRecord }
  /** Event time is so far by the events themselves, and goes no further. */
  | { readonly reached: Millis };

/** Why it is no more open: an event (`on`) or a person (`by`). */
export interface Completion {
  readonly at: Millis;
  readonly on: string | null;
  readonly by: string | null;
  readonly note: string | null;
  readonly via: string | null;
}

/** What is said of an action. */
export type ActionSaid =
  | { readonly state: 'due' }
  | { readonly state: 'suppressed'; readonly reason: string }
  | { readonly state: 'withdrawn'; readonly at: Millis; readonly reason: string }
  | { readonly state: 'done'; readonly completion: Completion }
  | { readonly state: 'expired'; readonly at: Millis }
  | { readonly state: 'escalated' }
  | { readonly state: 'relieved'; readonly at: Millis };

/** An action that is known: it waits, is open, or is over but still remembered. */
export interface Held {
  readonly trigger: TriggerRecord;
  /** When it is sent, or was. */
  readonly sendAt: Millis;
  stage: 'waiting' | 'open' | 'over';
  /** It was sent, not suppressed. */
  isSent: boolean;
  due: Millis | null;
  /** null: nobody is to hear of it, or somebody did. */
  escalateAt: Millis | null;
  isEscalated: boolean;
  /** When an open one leaves the list, and one that is over is forgotten. */
  expireAt: Millis;
}

export type KeptData = Readonly<Record<string, Json>>;
