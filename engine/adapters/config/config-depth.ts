/**
 * A text of YAML that is nested absurdly deep, found before it is parsed: the parser takes seconds for each hundred thousand levels,
 * and a running engine checks configurations that are sent to it.
 */

/** Of brackets that are open at once; those in texts count too, of which a configuration has a few. */
const MOST_BRACKETS = 1000;
/** Lists and keys that begin one within the other on one line. */
const ON_ONE_LINE = /(?:[-?:][ \t]+){200}/;

/** Where it is too deep; null: it is not. */
export function tooDeepAt(text: string): number | null {
  let open = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '[' || character === '{') open += 1;
    else if ((character === ']' || character === '}') && open > 0) open -= 1;
    if (open > MOST_BRACKETS) return i;
  }
  return ON_ONE_LINE.exec(text)?.index ?? null; // no line is
}
