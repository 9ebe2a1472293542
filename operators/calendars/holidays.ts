/** What a calendar asks of whoever knows public holidays. The data come from packages, which an adapter reads. */

/** Days by number, with the name of the holiday they belong to. */
export interface HolidayYear {
  readonly off: ReadonlyMap<number, string>;
  /** Days of a weekend that are worked in exchange (调休). */
  readonly makeUp: ReadonlyMap<number, string>;
}

export interface Holidays {
  /** null: the year is not known. The same answer each time. */
  readonly year: (year: number) => HolidayYear | null;
  /** The last year that is known; null: holidays follow from rules, in any year. */
  readonly lastYear: number | null;
}

/** By country, or country and region: `CN`, `DE`, `DE-BY`. */
export type HolidayLookup = (country: string) => Holidays | { readonly fault: string };
