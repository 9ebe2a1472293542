/**
 * Pieces of text of which any match of a regular expression contains one: one or two wide code units, or three or four others,
 * without spaces. Of several sets that would do, one whose pieces are rare.
 */

/** From here on (Chinese and its punctuation) one or two units say as much as three or four Latin letters do. */
export const WIDE = 0x2e80;
/** Of this many alternatives in a row the products are no longer formed. */
const MAX_PRODUCT = 32;
/** Pieces that every other text holds: others are taken where there are any. Left out, nothing but time is lost. */
const COMMON = new Set(
  (
    '不会 一定 银行 人民 还是 没有 一直 时间 时候 最近 以前 以后 电话 打电 前台 已经 直接 可以 服务 外卖 给我 就是 也是 也不 都不 是一 ' +
    '网上 上网 肯定 绝对 有人 不要 不想 售后 客服 商家 每天 发现 ' +
    'have been from with this that want need will tran card acco just when your what paym'
  ).split(' '),
);

/** undefined: it can match without any such piece. */
export function neededPieces(source: string): ReadonlySet<string> | undefined {
  const reader = new Reader(source);
  const part = reader.alternatives();
  if (!reader.atEnd()) throw new Error(`unbalanced: ${source}`);
  return neededOf(part);
}

/** A part of an expression: all texts it can match, where those are few; otherwise what each of its matches contains. */
interface Part {
  readonly all: readonly string[] | undefined;
  readonly needed: ReadonlySet<string> | undefined;
}
const NOTHING: Part = { all: [''], needed: undefined };
const ANYTHING: Part = { all: undefined, needed: undefined };

function neededOf({ all, needed }: Part): ReadonlySet<string> | undefined {
  return all === undefined ? needed : cover(all);
}

/** Few pieces such that each of the texts contains one, of its best. */
function cover(texts: readonly string[]): ReadonlySet<string> | undefined {
  let open = texts.map(bestPieces);
  if (open.some((pieces) => pieces.length === 0)) return undefined;
  const chosen = new Set<string>();
  while (open.length > 0) {
    const counts = new Map<string, number>();
    for (const pieces of open) for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    const [most] = [...counts].reduce((one, other) => (other[1] > one[1] ? other : one));
    chosen.add(most);
    open = open.filter((pieces) => !pieces.includes(most));
  }
  return chosen;
}

function bestPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (const [run] of text.matchAll(/[\u2e80-\uffff]+|[!-~]+/g)) {
    const [least, most] = run.charCodeAt(0) >= WIDE ? [1, 2] : [3, 4];
    const length = Math.min(run.length, most);
    if (length < least) continue;
    for (let i = 0; i + length <= run.length; i++) pieces.push(run.slice(i, i + length));
  }
  const best = Math.max(...pieces.map(weight));
  return pieces.filter((piece) => weight(piece) === best);
}

function weight(piece: string): number {
  const units = piece.charCodeAt(0) >= WIDE ? 2 * piece.length : piece.length;
  return COMMON.has(piece) ? units - 1 : units;
}

function better(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): typeof one {
  if (one === undefined || other === undefined) return one ?? other;
  const [a, b] = [one, other].map((set) => Math.min(...[...set].map(weight))) as [number, number];
  return a > b || (a === b && one.size <= other.size) ? one : other;
}

/** What urgency-rules.ts uses of regular expressions; anything else throws. */
class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  atEnd(): boolean {
    return this.#at === this.#source.length;
  }

  alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#skip('|')) parts.push(this.#sequence());
    const all = parts.flatMap((part) => part.all ?? []);
    if (parts.every((part) => part.all !== undefined) && all.length <= MAX_PRODUCT) return { all, needed: undefined };
    const each = parts.map(neededOf);
    const none = each.includes(undefined);
    return { all: undefined, needed: none ? undefined : new Set(each.flatMap((set) => [...(set ?? [])])) }; // every one has some here
  }

  #sequence(): Part {
    let whole = true;
    let row: readonly string[] = [''];
    let best: ReadonlySet<string> | undefined;
    while (!this.atEnd() && !'|)'.includes(this.#peek())) {
      const part = this.#repeated();
      if (part.all !== undefined && part.all.length * row.length <= MAX_PRODUCT) {
        const starts = row;
        row = part.all.flatMap((end) => starts.map((start) => start + end));
        continue;
      }
      best = better(better(best, cover(row)), part.needed);
      whole = false;
      row = part.all ?? [''];
    }
    return whole ? { all: row, needed: undefined } : { all: undefined, needed: better(best, cover(row)) };
  }

  #repeated(): Part {
    const part = this.#atom();
    const [quantifier] = /^(?:[?*+]|\{\d+(?:,\d*)?\})?/.exec(this.#source.slice(this.#at)) as RegExpExecArray;
    if (quantifier === '') return part;
    this.#at += quantifier.length;
    this.#skip('?');
    if (quantifier === '?') return { all: part.all && ['', ...part.all], needed: undefined };
    return /^(?:\*|\{0)/.test(quantifier) ? ANYTHING : { all: undefined, needed: neededOf(part) };
  }

  #atom(): Part {
    const char = this.#peek();
    this.#at += 1;
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if (char === '^' || char === '$') return NOTHING;
    if (char === '.') return ANYTHING;
    if (char === '\\') {
      const escaped = this.#peek();
      this.#at += 1;
      if (/[dws]/i.test(escaped)) return ANYTHING;
      if (/[a-z0-9]/i.test(escaped)) throw new Error(`not understood: \\${escaped}`);
      return { all: [escaped], needed: undefined };
    }
    return { all: [char], needed: undefined };
  }

  #group(): Part {
    const [kind] = /^\?(?:<?[=!]|:)|^/.exec(this.#source.slice(this.#at)) as RegExpExecArray;
    if (kind === '') throw new Error(`no group without ?: in ${this.#source}`);
    this.#at += kind.length;
    const inner = this.alternatives();
    if (!this.#skip(')')) throw new Error(`unbalanced: ${this.#source}`);
    // What is only looked at may lie outside the match, or must not be there.
    return kind === '?:' ? inner : NOTHING;
  }

  #class(): Part {
    const [body] = /^[^\]]*/.exec(this.#source.slice(this.#at)) as RegExpExecArray;
    this.#at += body.length + 1;
    if (/^\^|\\/.test(body)) return ANYTHING;
    const all: string[] = [];
    for (let i = 0; i < body.length; i++) {
      const range = body.charAt(i + 1) === '-' && i + 2 < body.length;
      const to = body.charCodeAt(range ? i + 2 : i);
      for (let unit = body.charCodeAt(i); unit <= to; unit++) all.push(String.fromCharCode(unit));
      if (range) i += 2;
    }
    return { all, needed: undefined };
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #skip(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }
}
