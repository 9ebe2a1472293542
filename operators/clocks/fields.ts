/**
 * The fields of events that a clock keeps: those that are shown with an outcome (`keep`), and those that decide about target and
 * calendar (`when`). A value is what an event says; one that it does not say leaves the former as it was.
 */
import { cutText } from '../../engine/core/json/well-formed.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import type { Values } from './clock.ts';

/** Kept for every open key: longer ones are cut. */
const MOST_TEXT = 200;

/** Reads one field; undefined: the event does not say. */
export type Field = (event: CxEvent) => Json | undefined;

/** A dimension as KPIs name it (`channel`, `tier`, `region`, `order.kind`). */
export function keptField(name: string): Field {
  switch (name) {
    case 'channel':
    case 'family':
    case 'type':
      return (event) => event[name] || undefined;
    case 'tier':
    case 'segment':
      return fieldAt(['data', 'customer', name]);
    case 'sentiment':
      return ({ enrichment }) => enrichment.sentiment?.label;
    case 'issue':
      return ({ enrichment }) => enrichment.issues[0]?.label;
    case 'urgency':
    case 'owner':
    case 'lang': {
      const said = fieldAt(['data', name]);
      return (event) => event.enrichment[name] ?? said(event);
    }
    default: {
      const steps = name.split('.');
      return fieldAt(steps[0] === 'data' ? steps : ['data', ...steps]);
    }
  }
}

/** The path of what is kept under this name; undefined: it is not one field of the event. */
export function keptPath(name: string): string | undefined {
  if (name === 'channel') return name;
  if (name === 'tier' || name === 'segment') return `data.customer.${name}`;
  const isOther = ['family', 'type', 'sentiment', 'issue', 'urgency', 'owner', 'lang'].includes(name);
  if (isOther) return undefined;
  return name.startsWith('data.') ? name : `data.${name}`;
}

/** A field by its path from a variable of expressions: `data.priority`, `enrichment.urgency`, `channel`. */
export function fieldAt(path: readonly string[]): Field {
  const [root, name, ...deeper] = path;
  // What most are: they are read with each event.
  if (root === 'data' && name !== undefined && deeper.length === 0)
    return ({ data }) => (Object.hasOwn(data, name) ? saidValue(data[name]) : undefined);
  return (event) => {
    let value: unknown = event;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[step];
    }
    return saidValue(value as Json | undefined);
  };
}
function saidValue(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return cutText(value, MOST_TEXT);
  return value ?? undefined; // null says nothing
}

/** Variables for an expression that reads only these paths, of which `places` says where the values are. */
export function variablesFrom(
  paths: readonly (readonly string[])[],
  places: readonly number[],
  values: Values,
): Readonly<Record<string, unknown>> {
  const variables: Record<string, unknown> = { data: {}, enrichment: {} };
  paths.forEach((path, i) => {
    const value = values[elementAt(places, i)];
    if (value !== undefined) put(variables, path, value);
  });
  return variables;
}

function put(into: Record<string, unknown>, path: readonly string[], value: Json): void {
  let map = into;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(map, step) ? map[step] : undefined;
    // What is kept of a longer path does not overwrite what a shorter one brought.
    const inner = typeof next === 'object' && next !== null ? { ...(next as JsonObject) } : {};
    map[step] = inner;
    map = inner;
  }
  map[elementAt(path, path.length - 1)] = value;
}
