/**
 * With which characters a match of an expression may begin, read from the expression itself. A search tries the expression only
 * where one of them stands: it finds the same, and most places of a text cost no try. Too many are known, never too few.
 */
import { foldedUnit, REACH_OF_FOLDS } from './case-folds.ts';

/** So many characters at most. */
export const MOST = 3;
/** More ways to begin are cut to fewer characters. */
const MOST_WAYS = 4000;

export interface Beginning {
  /** In folded case; what is shorter than MOST may go on with anything. */
  readonly units: string;
  /** No ASCII letter stands before it. */
  readonly isFirst: boolean;
}

/** null: with anything. */
export function beginningsOf(pattern: RegExp): readonly Beginning[] | null {
  const { open, done } = new Reader(pattern).alternatives();
  const all = [...new Set([...open, ...done])];
  if (all.some((way) => way.replace(FIRST, '') === '')) return null;
  return all.map((way) => {
    const units = way.replace(FIRST, '');
    return { units, isFirst: units !== way && /^[a-z0-9]/.test(units) };
  });
}

/** Marks that no letter stands before; no expression holds it. */
const FIRST = '\u0001';

/** Ways to begin: those that the next part goes on from, and those that are as long as is looked at. */
interface Ways {
  readonly open: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
}
const NOTHING: Ways = { open: new Set(['']), done: new Set() };
const ANYTHING: Ways = { open: new Set(), done: new Set(['']) };
const AT_FIRST: Ways = { open: new Set([FIRST]), done: new Set() };

class Reader {
  readonly source: string;
  readonly ignoresCase: boolean;
  readonly isUnicode: boolean;
  #at = 0;

  constructor({ source, flags }: RegExp) {
    this.source = source;
    this.ignoresCase = flags.includes('i');
    this.isUnicode = flags.includes('u');
  }

  /** Up to the end, or the bracket that closes them. */
  alternatives(): Ways {
    const open = new Set<string>();
    const done = new Set<string>();
    for (;;) {
      const ways = this.#sequence();
      for (const way of ways.open) open.add(way);
      for (const way of ways.done) done.add(way);
      if (this.source[this.#at] !== '|') return { open, done };
      this.#at += 1;
    }
  }

  #sequence(): Ways {
    let ways = NOTHING;
    while (this.#at < this.source.length && !'|)'.includes(this.source.charAt(this.#at))) {
      const part = this.#part();
      const times = this.#times();
      for (let more = 1; more < times.least; more += 1) ways = joined(ways, part, ONCE);
      ways = joined(ways, part, times);
    }
    return ways;
  }

  #part(): Ways {
    const sign = this.#taken();
    if (sign === '(') return this.#group();
    if (sign === '[') return this.#oneOf();
    if (sign === '\\') return this.#escaped();
    if (sign === '.') return ANYTHING;
    if (sign === '^' || sign === '$') return NOTHING;
    return this.#literal([sign]);
  }

  #group(): Ways {
    const [look = ''] = /^\?(?:<?[=!]|:)/.exec(this.source.slice(this.#at)) ?? [];
    this.#at += look.length;
    const from = this.#at;
    const ways = this.alternatives();
    const inner = this.source.slice(from, this.#at);
    this.#at += 1;
    if (look === '' || look === '?:') return ways;
    // What stands around it is not a part of it.
    return look === '?<!' && /^\[[^\]]*(?:A-Za-z|\\p\{L\})[^\]]*\]$/.test(inner) ? AT_FIRST : NOTHING;
  }

  #escaped(): Ways {
    const sign = this.#taken();
    if (sign === 'b') return AT_FIRST;
    if (sign === 'B') return NOTHING;
    if (sign === 'u') return this.#literal([this.#point()]);
    if (sign === 'p' || sign === 'P') this.#at = this.source.indexOf('}', this.#at) + 1;
    const control = CONTROLS.get(sign);
    if (control !== undefined) return this.#literal([control]);
    return /[A-Za-z0-9]/.test(sign) ? ANYTHING : this.#literal([sign]);
  }

  /** Behind \u. */
  #point(): string {
    const hex = this.source.slice(this.#at, this.#at + 4);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  /** Of a class; what it names by kind or by what it is not may be anything. */
  #oneOf(): Ways {
    const signs: string[] = [];
    let isAny = this.source[this.#at] === '^';
    let isRange = false;
    for (let sign = this.#taken(); sign !== ']'; sign = this.#taken()) {
      if (sign === '-' && signs.length > 0 && this.source[this.#at] !== ']') {
        isRange = true;
        continue;
      }
      let own = sign;
      if (sign === '\\') {
        const escaped = this.#taken();
        own = escaped === 'u' ? this.#point() : (CONTROLS.get(escaped) ?? escaped);
        if (/[A-Za-z0-9]/.test(escaped) && escaped !== 'u' && !CONTROLS.has(escaped)) isAny = true;
      }
      if (isRange) isAny ||= !addRange(signs, own);
      else signs.push(own);
      isRange = false;
    }
    return isAny ? ANYTHING : this.#literal(signs);
  }

  /** One of these signs. */
  #literal(signs: readonly string[]): Ways {
    const open = new Set<string>();
    for (const sign of signs) {
      if (!this.#isKnown(sign)) return ANYTHING;
      open.add(Array.from({ length: sign.length }, (_, i) => folded(sign, i)).join(''));
    }
    return { open, done: new Set() };
  }
  /** A half of a character beyond, outside of `u`, or a letter whose cases are not known here? */
  #isKnown(sign: string): boolean {
    const unit = sign.charCodeAt(0);
    if (sign.length > 1) return this.isUnicode;
    if (unit >= 0xd800 && unit <= 0xdfff) return false;
    return !this.ignoresCase || unit < REACH_OF_FOLDS || sign.toLowerCase() === sign.toUpperCase();
  }

  #times(): Times {
    const [all = '', range] = /^(?:[?*+]|\{([0-9,]+)\})\??/.exec(this.source.slice(this.#at)) ?? [];
    this.#at += all.length;
    if (all === '') return ONCE;
    if (range === undefined) return { least: all.startsWith('+') ? 1 : 0, isMany: !all.startsWith('?') };
    const [least = '', most = least] = range.split(',');
    return { least: Math.min(MOST, Number(least)), isMany: most === '' || Number(most) > Math.max(1, Number(least)) };
  }

  /** With `u` both halves of a character beyond are one. */
  #taken(): string {
    const point = this.source.codePointAt(this.#at) ?? 0;
    const sign = this.isUnicode ? String.fromCodePoint(point) : this.source.charAt(this.#at);
    this.#at += sign.length;
    return sign;
  }
}
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function folded(sign: string, at: number): string {
  return String.fromCharCode(foldedUnit(sign.charCodeAt(at)));
}

/** From the last sign on; false: there are many. */
function addRange(signs: string[], to: string): boolean {
  const [first, last] = [signs.at(-1)?.charCodeAt(0) ?? 0, to.charCodeAt(0)];
  if (last - first > MOST_IN_RANGE || to.length > 1) return false;
  for (let unit = first + 1; unit <= last; unit += 1) signs.push(String.fromCharCode(unit));
  return true;
}
const MOST_IN_RANGE = 64;

interface Times {
  /** No more than are looked at. */
  readonly least: number;
  /** May it come more often than that? */
  readonly isMany: boolean;
}
const ONCE: Times = { least: 1, isMany: false };

function joined(before: Ways, part: Ways, { least, isMany }: Times): Ways {
  const open = new Set<string>(least === 0 ? before.open : []);
  const done = new Set<string>(before.done);
  const isCut = before.open.size * (part.open.size + part.done.size) > MOST_WAYS;
  for (const start of before.open) {
    if (isCut) {
      done.add(start);
      continue;
    }
    for (const end of part.open) {
      const way = both(start, end);
      // What comes again may go on with itself.
      if (isMany || lengthOf(way) >= MOST) done.add(cut(way));
      else open.add(way);
    }
    for (const end of part.done) done.add(cut(both(start, end)));
  }
  return { open, done };
}
/** The mark counts only before the first character. */
function both(start: string, end: string): string {
  return lengthOf(start) === 0 && end.startsWith(FIRST) ? end : start + end.replace(FIRST, '');
}
function lengthOf(way: string): number {
  return way.startsWith(FIRST) ? way.length - 1 : way.length;
}
function cut(way: string): string {
  return way.slice(0, way.startsWith(FIRST) ? MOST + 1 : MOST);
}
