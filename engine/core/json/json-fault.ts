/**
 * Says where a text stops being JSON and what should have stood there, without repeating any of it: the messages of
 * `JSON.parse` quote the input, which may be a customer's words. Called only after `JSON.parse` has failed; linear.
 */
export function jsonFault(text: string): string {
  const scanner = new Scanner(text);
  const expected = scanner.scan();
  if (expected === null) return 'it is not valid JSON';
  return scanner.at >= text.length
    ? `it ends too early (after ${text.length} characters): expected ${expected}`
    : `at character ${scanner.at + 1}: expected ${expected}`;
}

class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** What was expected at `at`, or null if nothing is wrong. Keeps its own stack: depth is the sender's choice. */
  scan(): string | null {
    const open: string[] = [];
    for (;;) {
      this.#space();
      const char = this.#text[this.at];
      if (char === '{' || char === '[') {
        this.at += 1;
        this.#space();
        const close = char === '{' ? '}' : ']';
        if (this.#text[this.at] === close) {
          this.at += 1;
        } else {
          open.push(close);
          if (close === '}') {
            const fault = this.#name();
            if (fault !== null) return fault === NAME ? `${NAME} or }` : fault;
          }
          continue;
        }
      } else {
        const fault = this.#scalar();
        if (fault !== null) return fault;
      }
      // A value has ended: close what closes, until another value is due.
      for (;;) {
        this.#space();
        const close = open.at(-1);
        if (close === undefined) return this.at < this.#text.length ? 'the end, after one complete value' : null;
        const next = this.#text[this.at];
        if (next === close) {
          this.at += 1;
          open.pop();
          continue;
        }
        if (next !== ',') return `, or ${close}`;
        this.at += 1;
        if (close === '}') {
          this.#space();
          const fault = this.#name();
          if (fault !== null) return fault;
        }
        break;
      }
    }
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.at += 1;
    }
  }

  #name(): string | null {
    if (this.#text[this.at] !== '"') return NAME;
    const fault = this.#string();
    if (fault !== null) return fault;
    this.#space();
    if (this.#text[this.at] !== ':') return ': after the name';
    this.at += 1;
    return null;
  }

  #scalar(): string | null {
    if (this.#text[this.at] === '"') return this.#string();
    for (const pattern of [NUMBER, WORD]) {
      pattern.lastIndex = this.at;
      if (pattern.test(this.#text)) {
        this.at = pattern.lastIndex;
        return null;
      }
    }
    return 'a value (an object, a list, a string in double quotes, a number, true, false or null)';
  }

  #string(): string | null {
    for (this.at += 1; this.at < this.#text.length; this.at += 1) {
      const char = this.#text[this.at] ?? ''; // at < length
      if (char === '"') {
        this.at += 1;
        return null;
      }
      if (char < ' ') return 'an escape such as \\n in place of a control character inside a string';
      if (char === '\\') {
        ESCAPE.lastIndex = this.at;
        if (!ESCAPE.test(this.#text)) return 'a valid escape (\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\uXXXX)';
        this.at = ESCAPE.lastIndex - 1;
      }
    }
    return 'the closing " of a string';
  }
}

const NAME = 'a name in double quotes';
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
