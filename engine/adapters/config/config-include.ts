/**
 * `include`: KPIs, rules, clocks and the like that stand in a pack of Earshot's (`pack:<name>`) or in another file, under one's
 * own. Lists are joined by id, one's own first; of an id that both have, one's own fields win, and the rest is the included one's.
 * An included file includes nothing itself.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parseDocument } from 'yaml';
import { packageRoot } from '../process/package-root.ts';
import { packName, PACKS } from './compiled-packs.ts';
import { reasonOf } from '../../core/errors.ts';
import { at } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { FaultAt } from './config-fault.ts';

/** Lists whose items have an id. */
export const INCLUDABLE = [
  'calendars',
  'clocks',
  'journeys',
  'facts',
  'actions',
  'kpis',
  'rules',
  'event_rules',
] as const;
/** Maps, of which one's own fields win. */
const INCLUDABLE_MAPS = ['dispatch'] as const;
const ALL_INCLUDABLE: readonly string[] = [...INCLUDABLE, ...INCLUDABLE_MAPS];
const MOST = 20;
const MAX_CHARS = 1024 * 1024;

type Item = Readonly<Record<string, unknown>>;
/** Where an item came from: the place of its `include`. */
interface Origin {
  readonly include: number;
  readonly name: string;
  /** There, as a reader would look for it. */
  readonly place: string;
}

export interface Joined {
  readonly raw: unknown;
  readonly faults: readonly FaultAt[];
  /** Where a reader should look, for what is wrong at a place of the joined configuration. */
  readonly located: (fault: FaultAt) => FaultAt;
}

/** @param folder what relative names are relative to */
export function joinIncludes(own: unknown, folder: string, packs = PACKS): Joined {
  const asIs: Joined = { raw: own, faults: [], located: (fault) => fault };
  if (!isItem(own) || !Array.isArray(own['include'])) return asIs;
  const names = own['include'] as readonly unknown[];
  const faults: FaultAt[] = [];
  const origins = new Map<string, Origin>();
  const raw: Record<string, unknown> = { ...own };
  for (const [include, name] of names.slice(0, MOST).entries()) {
    // The schema says what an entry must be.
    if (typeof name !== 'string') continue;
    const read = readIncluded(name, folder, packs);
    if ('fault' in read) faults.push({ at: ['include', include], message: read.fault });
    else {
      joinLists(raw, read.raw, { include, name }, origins);
      joinMaps(raw, read.raw, { include, name }, origins);
    }
  }
  return { raw, faults, located: (fault) => locatedBy(fault, origins) };
}

function joinLists(
  raw: Record<string, unknown>,
  included: Item,
  from: Omit<Origin, 'place'>,
  origins: Map<string, Origin>,
): void {
  for (const section of INCLUDABLE) {
    const theirs = included[section];
    if (!Array.isArray(theirs)) continue;
    const before = raw[section] ?? []; // none of its own
    // Not a list: the schema says so.
    if (!Array.isArray(before)) continue;
    const list: unknown[] = [...(before as readonly unknown[])];
    const places = new Map(list.map((item, place) => [isItem(item) ? item['id'] : undefined, place]));
    for (const [index, item] of (theirs as readonly unknown[]).entries()) {
      const place = isItem(item) ? places.get(item['id']) : undefined;
      if (place !== undefined && isItem(item)) list[place] = { ...item, ...(list[place] as Item) };
      else origins.set(`${section} ${list.push(item) - 1}`, { ...from, place: `${section}[${index}]` });
    }
    raw[section] = list;
  }
}

function joinMaps(
  raw: Record<string, unknown>,
  included: Item,
  from: Omit<Origin, 'place'>,
  origins: Map<string, Origin>,
): void {
  for (const section of INCLUDABLE_MAPS) {
    const [theirs, own] = [included[section], raw[section] ?? {}]; // left out: none of its own
    // Not a map: the schema says so.
    if (!isItem(theirs) || !isItem(own)) continue;
    for (const field of Object.keys(theirs))
      if (!Object.hasOwn(own, field)) origins.set(`${section} ${field}`, { ...from, place: `${section}.${field}` });
    raw[section] = { ...theirs, ...own };
  }
}

function locatedBy(fault: FaultAt, origins: ReadonlyMap<string, Origin>): FaultAt {
  const [section, place, ...rest] = fault.at;
  const origin = origins.get(`${String(section)} ${String(place)}`);
  if (origin === undefined) return fault;
  const where = [origin.place, ...rest].join('.');
  return { at: ['include', origin.include], message: `${origin.name}: ${where}: ${fault.message}` };
}

function readIncluded(
  name: string,
  folder: string,
  packs: ReadonlyMap<string, string>,
): { readonly raw: Item } | { readonly fault: string } {
  const isPack = name.startsWith('pack:');
  const ours = join(packageRoot(), 'operators', 'packs');
  const pack = name.slice('pack:'.length);
  if (isPack) {
    const known = readdirSync(ours).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []));
    if (!known.includes(pack)) {
      return { fault: `there is no pack "${pack}"${didYouMean(pack, known)}: there is ${known.join(', ')}` };
    }
  }
  const file = isPack ? join(ours, `${pack}.yaml`) : isAbsolute(name) ? name : join(folder, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    return { fault: `cannot read ${name}: ${reasonOf(thrown)}` };
  }
  if (text.length > MAX_CHARS) return { fault: `${name} is longer than 1,048,576 characters` };
  if (!isPack) return rawOfYaml(name, text);
  const compiled = packs.get(packName(text));
  return compiled === undefined ? rawOfYaml(name, text) : { raw: JSON.parse(compiled) as Item };
}

/** What an included file holds. */
export function rawOfYaml(name: string, text: string): { readonly raw: Item } | { readonly fault: string } {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0) {
    const line = text.slice(0, at(document.errors, 0).pos[0]).split('\n').length;
    return { fault: `${name} is no YAML: see its line ${line}` };
  }
  // Aliases may make much of little: an included file needs none.
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { fault: `${name} holds aliases (*name): write them out` };
  }
  if (!isItem(raw)) return { fault: `${name} is no map of lists such as kpis and rules` };
  const other = Object.keys(raw).filter((key) => !ALL_INCLUDABLE.includes(key));
  if (other.length > 0)
    return { fault: `${name} holds ${other.join(', ')}: only ${ALL_INCLUDABLE.join(', ')} are included` };
  return { raw };
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
