/** The state of actions, as puts by name: actions carry the name of their configuration, so that they read under another one. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import {
  START_OF_TIME,
  type Json,
  type JsonObject,
  type Millis,
  type OutputMessage,
  type State,
} from '../../engine/core/types.ts';
import type { Held, TriggerRecord, VerbRecord } from './action.ts';
import type { ActionTable } from './action-table.ts';
import type { SavedCap } from './contact-caps.ts';

/** Without `action`, whose place may be another: `of` names it. */
interface SavedHeld extends Omit<Held, 'trigger'> {
  readonly of: string;
  readonly kind: string;
  readonly trigger: Omit<TriggerRecord, 'action'>;
}
interface Part {
  readonly reached: Millis;
  readonly held?: Readonly<Record<string, SavedHeld | null>>;
  readonly verbs?: readonly (readonly [of: string, key: string, verbs: readonly Omit<VerbRecord, 'action'>[] | null])[];
  readonly caps?: readonly SavedCap[];
}
const IN_A_PART = 500;

/** One that was open, of an action that is not configured any more: what is said of that. */
export interface Gone {
  readonly message: OutputMessage;
}

export function takeDelta(table: ActionTable): State | undefined {
  const held = Object.fromEntries(Array.from(table.held.changed, (id) => [id, savedHeld(table, id)]));
  const verbs = table.verbs.takeChanges().map(([action, key, of]) => savedVerbs(table, action, key, of));
  const caps = table.caps.takeChanges();
  const isEmpty = table.held.changed.size + verbs.length + caps.length === 0;
  table.held.changed.clear();
  if (isEmpty) return undefined;
  return { reached: table.reachedAt, held, verbs, caps } satisfies Part as unknown as State;
}

export function* savedParts(table: ActionTable): Generator<State, void, undefined> {
  const part = (of: Omit<Part, 'reached'>): State => ({ reached: table.reachedAt, ...of }) as unknown as State;
  const ids = table.held.ids();
  for (let from = 0; from < ids.length; from += IN_A_PART)
    yield part({
      held: Object.fromEntries(ids.slice(from, from + IN_A_PART).map((id) => [id, savedHeld(table, id)])),
    });
  const verbs = [...table.verbs.all()];
  for (let from = 0; from < verbs.length; from += IN_A_PART)
    yield part({
      verbs: verbs.slice(from, from + IN_A_PART).map(([action, key, of]) => savedVerbs(table, action, key, of)),
    });
  const caps = [...table.caps.all()];
  for (let from = 0; from < caps.length; from += IN_A_PART) yield part({ caps: caps.slice(from, from + IN_A_PART) });
}

function savedHeld(table: ActionTable, id: string): SavedHeld | null {
  const held = table.held.get(id);
  if (held === undefined) return null;
  const { action, ...trigger } = held.trigger;
  const config = elementAt(table.configs, action);
  return { ...held, of: config.id, kind: config.kind, trigger };
}
function savedVerbs(
  table: ActionTable,
  action: number,
  key: string,
  verbs: readonly VerbRecord[] | null,
): NonNullable<Part['verbs']>[number] {
  const of = elementAt(table.configs, action).id;
  return [of, key, verbs === null ? null : verbs.map(savedVerb)];
}
/** Written out: to leave one field out of a copy costs more than all the rest of it. */
function savedVerb({ at, event, type, isDerived, verb, id, key }: VerbRecord): Omit<VerbRecord, 'action'> {
  return { at, event, type, isDerived, verb, id, key };
}

/** Returns what is to be said of actions that are gone. */
export function restore(table: ActionTable, saved: readonly State[]): readonly Gone[] {
  const held = new Map<string, SavedHeld>();
  const verbs = new Map<string, readonly [of: string, verbs: readonly Omit<VerbRecord, 'action'>[]]>();
  let reached = START_OF_TIME;
  for (const part of saved as unknown as readonly Part[]) {
    reached = Math.max(reached, part.reached);
    for (const [id, one] of Object.entries(part.held ?? {})) if (!putOrRemove(held, id, one)) held.delete(id); // left out where nothing changed
    for (const [of, key, some] of part.verbs ?? [] /* left out where nothing changed */) {
      const name = JSON.stringify([of, key]);
      if (some === null) verbs.delete(name);
      else verbs.set(name, [of, some]);
    }
    for (const cap of part.caps ?? []) table.caps.load(cap); // left out where nothing changed
  }
  table.reached(reached);
  const placeOf = (of: string): number => table.configs.findIndex(({ id }) => id === of);
  const gone: Gone[] = [];
  for (const { of, kind, trigger, ...rest } of held.values()) {
    const action = placeOf(of);
    if (action >= 0) table.put({ ...rest, trigger: { ...trigger, action } });
    else if (rest.stage === 'open') gone.push({ message: goneMessage(of, kind, { ...rest, trigger }) });
  }
  for (const [of, some] of verbs.values()) {
    const action = placeOf(of);
    if (action >= 0) for (const verb of some) table.restoreVerb({ ...verb, action });
  }
  table.restored();
  // What is gone is saved no more.
  for (const { of, trigger } of held.values()) if (placeOf(of) < 0) table.held.changed.add(trigger.id);
  return gone;
}
function putOrRemove(held: Map<string, SavedHeld>, id: string, one: SavedHeld | null): boolean {
  if (one !== null) held.set(id, one);
  return one !== null;
}

function goneMessage(
  of: string,
  kind: string,
  { trigger, sendAt, due }: Omit<SavedHeld, 'of' | 'kind'>,
): OutputMessage {
  const data: JsonObject = {
    ...{ action: kind, id: trigger.id, name: of, state: 'withdrawn', key: trigger.key, case: trigger.case },
    ...{
      owner: trigger.owner,
      due: due === null ? null : formatInstant(due),
      ...(trigger.kept as Record<string, Json>),
    },
    reason: `the action ${of} is no longer configured`,
  };
  return { subject: `cx.actions.${kind}`, type: 'cx.action', time: sendAt, data };
}
