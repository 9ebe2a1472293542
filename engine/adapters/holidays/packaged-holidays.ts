/**
 * Public holidays from packages: mainland China with its make-up working days from chinese-days, which carries the notices of the
 * State Council; other countries by rule from date-holidays. Each is loaded when a calendar first asks for it.
 *
 * Trap: date-holidays knows China too, but neither its make-up days nor the whole of its holidays; never ask it for CN.
 */
import { createRequire } from 'node:module';
import { didYouMean } from '../../core/text/spelling.ts';

/** As operators/calendars/holidays.ts asks for them. */
interface Year {
  readonly off: ReadonlyMap<number, string>;
  readonly makeUp: ReadonlyMap<number, string>;
}
interface Known {
  readonly year: (year: number) => Year | null;
  readonly lastYear: number | null;
}
type Answer = Known | { readonly fault: string };

interface ChineseDays {
  /** By date: `Spring Festival,春节,4`. */
  readonly holidays: Readonly<Record<string, string>>;
  readonly workdays: Readonly<Record<string, string>>;
}

interface RuleHoliday {
  /** Local: `2026-12-24 14:00:00`, perhaps with an offset behind it. */
  readonly date: string;
  readonly start: Date;
  readonly end: Date;
  readonly name: string;
  readonly type: string;
}
interface Rules {
  init(country: string, state?: string, region?: string): void;
  getCountries(language: string): Readonly<Record<string, string>>;
  getStates(country: string, language: string): Readonly<Record<string, string>> | undefined;
  getRegions(country: string, state: string, language: string): Readonly<Record<string, string>> | undefined;
  getHolidays(year: number): readonly RuleHoliday[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const require = createRequire(import.meta.url);

/** A lookup that remembers what it has read. */
export function packagedHolidays(): (country: string) => Answer {
  const known = new Map<string, Answer>();
  return (country) => {
    const found = known.get(country) ?? (country === 'CN' ? chinese() : byRules(country));
    known.set(country, found);
    return found;
  };
}

function chinese(): Known {
  const { holidays, workdays } = require('chinese-days/dist/chinese-days.json') as ChineseDays;
  const years = new Map<number, { off: Map<number, string>; makeUp: Map<number, string> }>();
  const put = (which: 'off' | 'makeUp', days: Readonly<Record<string, string>>): void => {
    for (const [date, about] of Object.entries(days)) {
      const number = Number(date.slice(0, 4));
      const year = years.get(number) ?? { off: new Map(), makeUp: new Map() };
      years.set(number, year);
      const [english = '', chineseName = english] = about.split(',');
      year[which].set(dayNumber(date), `${chineseName} ${english}`);
    }
  };
  put('off', holidays);
  put('makeUp', workdays);
  // A year of which only the last days of December are known, off for the next New Year, is not known.
  const complete = [...years].filter(([, { off }]) => off.size >= 7).map(([year]) => year);
  return { year: (year) => years.get(year) ?? null, lastYear: Math.max(...complete) };
}

function byRules(code: string): Answer {
  const rules = newRules();
  const [country = '', state, region] = code.split('-');
  const countries = Object.keys(rules.getCountries('en'));
  if (!countries.includes(country)) {
    return {
      fault: `there is no country "${country}"${didYouMean(country.toUpperCase(), countries)}: expected CN, another ISO code such as DE or US-CA, or dates as 2026-12-25`,
    };
  }
  if (country === 'CN') return { fault: `"${code}" is not known by region: expected CN` };
  const states = Object.keys(rules.getStates(country, 'en') ?? {}); // a country without states
  if (state !== undefined && !states.includes(state))
    return { fault: `${country} has no region "${state}"${didYouMean(state.toUpperCase(), states)}` };
  const regions = state === undefined ? [] : Object.keys(rules.getRegions(country, state, 'en') ?? {}); // a state without regions
  if (region !== undefined && !regions.includes(region))
    return {
      fault: `${country}-${String(state)} has no region "${region}"${didYouMean(region.toUpperCase(), regions)}`,
    };
  rules.init(country, state, region);
  const years = new Map<number, Year>();
  return {
    year: (year) => {
      const known = years.get(year) ?? { off: daysOff(rules.getHolidays(year)), makeUp: new Map<number, string>() };
      years.set(year, known);
      return known;
    },
    lastYear: null,
  };
}

function newRules(): Rules {
  const loaded = require('date-holidays') as { readonly default?: new () => Rules } & (new () => Rules);
  return new (loaded.default ?? loaded)();
}

/** Whole days off; what begins at noon or ends early is no day off. */
function daysOff(holidays: readonly RuleHoliday[]): ReadonlyMap<number, string> {
  const off = new Map<number, string>();
  for (const { date, start, end, name, type } of holidays) {
    if (type !== 'public' || !date.includes(' 00:00:00')) continue;
    // An hour less where clocks go forward.
    const days = Math.floor((end.getTime() - start.getTime() + 2 * HOUR_MS) / DAY_MS);
    const first = dayNumber(date.slice(0, 10));
    for (let day = first; day < first + days; day += 1) if (!off.has(day)) off.set(day, name);
  }
  return off;
}

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
