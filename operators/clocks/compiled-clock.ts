/** A clock of the configuration, ready to run: what it takes from an event, and the plan of its state machine. */
import { must } from '../../engine/core/must.ts';
import type { CompileExpression, CxEvent, Expression } from '../shared/messages.ts';
import { pathsOf } from '../config/expression-paths.ts';
import { canonical } from '../kpis/layout.ts';
import { Choices, type Condition } from './values/choices.ts';
import type { ClockPlan, WorkingTime } from './clock.ts';
import type { ClockConfig } from './clocks-config.ts';
import { fieldAt, keptField, keptPath, variablesFrom, type Field } from './fields.ts';
import { timingOf } from './saved/refit.ts';
import type { SavedClock } from './saved/saved-form.ts';

/** By id; throws where there is none. */
export type CalendarOf = (id: string) => WorkingTime;

/** The fields of a clock: those it keeps come first, in the order of `keep`. */
export interface ClockFields {
  readonly fields: readonly Field[];
  /** What they are called in what is saved and sent, so that it reads under another configuration. */
  readonly names: readonly string[];
  /** By path, where a `when` finds its values. */
  readonly places: ReadonlyMap<string, number>;
  readonly choosing: readonly number[];
}

export function fieldsOf({ keep, target, calendar }: ClockConfig): ClockFields {
  const fields = keep.map(keptField);
  const names = keep.map((name) => `keep ${name}`);
  const kept = keep.map(keptPath);
  const places = new Map<string, number>();
  for (const { when } of [...target, ...calendar]) {
    for (const path of when === null ? [] : pathsOf(when)) {
      const name = path.join('.');
      if (places.has(name)) continue;
      // What is kept anyway is not kept twice.
      const place = kept.indexOf(name);
      places.set(name, place >= 0 ? place : fields.push(fieldAt(path)) - 1);
      if (place < 0) names.push(`when ${name}`);
    }
  }
  return { fields, names, places, choosing: [...places.values()] };
}

/** Throws EngineError EXPRESSION_INVALID. */
export function planOf(config: ClockConfig, compile: CompileExpression, calendarOf: CalendarOf): ClockPlan {
  const { places, choosing } = fieldsOf(config);
  const holdsOf = (when: string | null, list: 'target' | 'calendar', number: number): Condition =>
    conditionOf(when, places, (source) => compile(source, `clocks[${config.id}].${list}[${String(number)}].when`));
  const choices = new Choices(
    config.target.map(({ when, withinMs }, at) => ({ holds: holdsOf(when, 'target', at), then: withinMs })),
    config.calendar.map(({ when }, number) => ({ holds: holdsOf(when, 'calendar', number), then: number })),
    choosing,
  );
  return {
    id: config.id,
    calendars: config.calendar.map(({ use }) => calendarOf(use)),
    choose: (values) => choices.of(values),
    choosing,
    warnings: config.warn,
    expireMs: config.expireMs,
    once: config.once,
    allowedLatenessMs: config.allowedLatenessMs,
    maxKeys: config.maxKeys,
  };
}

function conditionOf(when: string | null, places: ReadonlyMap<string, number>, compile: CompileExpression): Condition {
  if (when === null) return () => true;
  const expression = compile(when);
  const paths = pathsOf(when);
  const at = paths.map((path) => must(places.get(path.join('.'))));
  return (values) => expression(variablesFrom(paths, at, values));
}

export interface CompiledClocks {
  /** Ids of those whose levels are read. */
  readonly leveled: ReadonlySet<string>;
  readonly configs: readonly ClockConfig[];
  readonly plans: readonly ClockPlan[];
  readonly saved: readonly SavedClock[];
}

export function compileClocks(
  configs: readonly ClockConfig[],
  compile: CompileExpression,
  calendarOf: CalendarOf,
  leveled: ReadonlySet<string> = new Set(),
): CompiledClocks {
  return {
    leveled,
    configs,
    plans: configs.map((config) => planOf(config, compile, calendarOf)),
    saved: configs.map(savedClockOf),
  };
}

function savedClockOf(config: ClockConfig): SavedClock {
  const { id, target, calendar } = config;
  return { id, fields: fieldsOf(config).names, timing: timingOf(config), choosing: canonical({ target, calendar }) };
}

/** Whose it is; undefined: nobody's. */
export type KeyOf = (event: CxEvent) => string | undefined;

/** Longer ones are nobody's: an id is short. */
const LONGEST_KEY = 256;

export function keyOf(expression: Expression): KeyOf {
  return (event) => {
    const value = expression(event as unknown as Readonly<Record<string, unknown>>);
    const text =
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
          ? String(value)
          : '';
    return text === '' || text.length > LONGEST_KEY ? undefined : text;
  };
}
