/** One entry of a source's `map`, as it is written: expressions are CEL over what the source gives. */

/** A field's value: an expression, a constant, or fields of its own. */
export type FieldRule = string | number | boolean | { readonly [name: string]: FieldRule };
export type FieldRules = Readonly<Record<string, FieldRule>>;

export interface MapRule {
  /** null: always. */
  readonly when: string | null;
  /** A list, of which each item (`item`) gives an event; lists in it count item by item. null: one event. */
  readonly each: string | null;
  /** What it takes gives no event, on purpose. */
  readonly ignore: boolean;
  /** Empty where it ignores. */
  readonly type: string;
  /** null: of what came, bytes and all. */
  readonly id: string | null;
  /** null: when it came. */
  readonly time: string | null;
  /** What the event belongs to, where its data names no case, conversation, call or customer. */
  readonly key: string | null;
  readonly data: FieldRules;
}

/** A rule as presets write it: what is left out is as in the configuration. */
export function rule(given: Partial<MapRule>): MapRule {
  return {
    ...{ when: null, each: null, ignore: false, type: '', id: null, time: null, key: null, data: {} },
    ...given,
  };
}
