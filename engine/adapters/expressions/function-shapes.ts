/** What functions and methods of CEL take and give. What is not listed may give anything. */
import type { Kind, Shape } from '../../core/expressions/expression.ts';

const BOOL: Shape = { kinds: ['bool'] };
const INT: Shape = { kinds: ['int'] };
const TEXT: Shape = { kinds: ['text'] };

const FUNCTIONS: Readonly<Record<string, Shape>> = {
  has: BOOL,
  size: INT,
  int: INT,
  double: { kinds: ['double'] },
  string: TEXT,
  bool: BOOL,
  bytes: { kinds: ['bytes'] },
  timestamp: { kinds: ['time'] },
  duration: { kinds: ['duration'] },
};

export function callShape(name: string, args: readonly Shape[]): Shape | null {
  if (name === 'dyn') return args[0] ?? null;
  return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? null) : null;
}

export interface Method {
  readonly of: readonly Kind[];
  readonly gives: Shape;
}
const OF_TEXT: readonly Kind[] = ['text'];
const OF_TIME: readonly Kind[] = ['time'];
/** Durations have them too. */
const OF_BOTH: readonly Kind[] = ['time', 'duration'];

const METHODS: Readonly<Record<string, Method>> = {
  contains: { of: OF_TEXT, gives: BOOL },
  startsWith: { of: OF_TEXT, gives: BOOL },
  endsWith: { of: OF_TEXT, gives: BOOL },
  matches: { of: OF_TEXT, gives: BOOL },
  lowerAscii: { of: OF_TEXT, gives: TEXT },
  upperAscii: { of: OF_TEXT, gives: TEXT },
  trim: { of: OF_TEXT, gives: TEXT },
  substring: { of: OF_TEXT, gives: TEXT },
  indexOf: { of: OF_TEXT, gives: INT },
  lastIndexOf: { of: OF_TEXT, gives: INT },
  split: { of: OF_TEXT, gives: { kinds: ['list'], items: TEXT } },
  join: { of: ['list'], gives: TEXT },
  size: { of: ['text', 'list', 'map', 'bytes'], gives: INT },
  getFullYear: { of: OF_TIME, gives: INT },
  getMonth: { of: OF_TIME, gives: INT },
  getDate: { of: OF_TIME, gives: INT },
  getDayOfMonth: { of: OF_TIME, gives: INT },
  getDayOfWeek: { of: OF_TIME, gives: INT },
  getDayOfYear: { of: OF_TIME, gives: INT },
  getHours: { of: OF_BOTH, gives: INT },
  getMinutes: { of: OF_BOTH, gives: INT },
  getSeconds: { of: OF_BOTH, gives: INT },
  getMilliseconds: { of: OF_BOTH, gives: INT },
};

export function methodShape(name: string): Method | null {
  return Object.hasOwn(METHODS, name) ? (METHODS[name] ?? null) : null;
}
