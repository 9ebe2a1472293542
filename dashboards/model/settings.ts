/** What the board's address says: everything a screen needs is in its URL, so that a display can be set up by a link. */
import { cutText } from './cut-text.ts';
import { LANGUAGES, type Language } from './strings.ts';

export interface Settings {
  readonly lang: Language;
  readonly theme: 'dark' | 'light';
  /** KPI ids to show instead of the board's own; null: the board's. */
  readonly kpis: readonly string[] | null;
  /** Turn the page each so many ms; null: never. */
  readonly rotateMs: number | null;
  /** One value a dimension: the slice this screen shows. */
  readonly where: Readonly<Record<string, string>>;
  /** Nobody stands before this screen: no buttons. */
  readonly kiosk: boolean;
  /** IANA zone that overrides the board's; null: the board's. */
  readonly zone: string | null;
  /** The alert that a link has led to: it comes first and is marked; null: none. */
  readonly alert: string | null;
  /** A tone for new grave alerts, also where there are no buttons. */
  readonly sound: boolean;
  /** What this screen is called among the walls; '': it has no name. */
  readonly screen: string;
  /** What the address says and nobody understands, as it is written: `theme=pink`. */
  readonly unknown: readonly string[];
}

const MIN_ROTATE_S = 5;
const MAX_ROTATE_S = 3600;
const MAX_SCREEN_NAME = 60;

/**
 * @param search the query part of the address, with or without `?`.
 * @param languages the browser's languages, best first.
 * @param hash the part behind `#`: `#alert=<id>`.
 */
export function parseSettings(search: string, languages: readonly string[], hash = ''): Settings {
  const query = new URLSearchParams(search);
  const rotate = Number(query.get('rotate') ?? Number.NaN);
  const kpis = listOf(query.get('kpis'));
  return {
    lang: languageOf([query.get('lang') ?? '', ...languages]),
    theme: query.get('theme') === 'light' ? 'light' : 'dark',
    kpis: kpis.length > 0 ? kpis : null,
    rotateMs: rotate > 0 ? Math.min(Math.max(rotate, MIN_ROTATE_S), MAX_ROTATE_S) * 1000 : null,
    where: sliceOf(query.getAll('where')),
    kiosk: isOn(query, 'kiosk'),
    zone: zoneOf(query.get('zone')),
    alert: new URLSearchParams(hash.replace(/^#/, '')).get('alert'),
    sound: isOn(query, 'sound'),
    screen: (query.get('screen') ?? '').trim().slice(0, MAX_SCREEN_NAME), // it has none
    unknown: unknownIn(query),
  };
}

function isOn(query: URLSearchParams, name: string): boolean {
  return query.has(name) && query.get(name) !== '0';
}

const MAX_UNKNOWN = 5;
const MAX_CHARACTERS = 40;
const SWITCH = /^[01]?$/;
/** What each setting may be. */
const MEANT: Readonly<Record<string, (value: string) => boolean>> = {
  lang: (value) => LANGUAGES.some((language) => primaryOf(language) === primaryOf(value)),
  theme: (value) => value === 'dark' || value === 'light',
  kpis: () => true, // which of them there are the board knows
  rotate: (value) => Number(value) >= 0,
  where: (value) => listOf(value).every((part) => /^[^:]+:.+$/.test(part)),
  kiosk: (value) => SWITCH.test(value) || value === 'true',
  sound: (value) => SWITCH.test(value) || value === 'true',
  zone: isZone,
  screen: (value) => value.trim().length <= MAX_SCREEN_NAME,
  ticket: () => true,
};

function unknownIn(query: URLSearchParams): readonly string[] {
  return [...query]
    .filter(([name, value]) => !(Object.hasOwn(MEANT, name) && MEANT[name]?.(value) === true))
    .slice(0, MAX_UNKNOWN)
    .map(([name, value]) => cutText(value === '' ? name : `${name}=${value}`, MAX_CHARACTERS));
}

/** The address with one setting changed, to be put into the history so that a reload keeps it. */
export function withSetting(search: string, name: string, value: string): string {
  const query = new URLSearchParams(search);
  query.set(name, value);
  return `?${query.toString()}`;
}

/** The first language we speak; English where we speak none of them. */
function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const known = LANGUAGES.find((language) => primaryOf(language) === primaryOf(tag));
    if (known !== undefined) return known;
  }
  return 'en';
}

function primaryOf(tag: string): string | undefined {
  return tag.toLowerCase().split('-')[0];
}

function listOf(text: string | null): string[] {
  const seen = new Set((text ?? '').split(',').map((part) => part.trim())); // not given
  seen.delete('');
  return [...seen];
}

/** `channel:app,region:east`; the last one of a dimension wins, anything else is ignored. */
function sliceOf(parts: readonly string[]): Record<string, string> {
  const slice: Record<string, string> = {};
  for (const part of parts.flatMap((text) => listOf(text))) {
    const colon = part.indexOf(':');
    if (colon > 0 && colon < part.length - 1) slice[part.slice(0, colon)] = part.slice(colon + 1);
  }
  return slice;
}

function zoneOf(name: string | null): string | null {
  return name !== null && isZone(name) ? name : null;
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // the only way to ask
  }
}
