/**
 * A notice as 企业微信's template card (`text_notice`): source, title, facts and quotes in fields of their own, and the whole card
 * leads to one page. Every field is plain text, cut to what the tool shows.
 */
import type { JsonObject } from '../../../engine/core/types.ts';
import { cutToUnits } from '../../notices/cut.ts';
import type { Line, Message, Tone } from '../../notices/notice-message.ts';

/** Characters, as the tool's documents advise; English labels are longer than Chinese ones, and narrower. */
const UNITS = { title: 26, summary: 112, label: 10, value: 26, quote: 112, button: 13 } as const;
/** Of facts, and of alerts in their place where there are several. */
export const WECOM_ROWS = 6;
/** Buttons below a card. */
const MOST_JUMPS = 3;
/** Of the source's text: grey, black, red, green. */
const COLOURS: Readonly<Record<Tone, number>> = { critical: 2, warning: 2, info: 0, good: 3 };

type Link = Extract<Line, { kind: 'link' }>;

/** null: there is no page that a card could lead to, which the tool demands. */
export function wecomCard({ headline, tone, lines }: Message): JsonObject | null {
  const links = lines.filter((line): line is Link => line.kind === 'link' && /^https?:\/\//.test(line.href));
  const [first] = links;
  if (first === undefined) return null;
  const of = (...kinds: readonly Line['kind'][]): readonly string[] =>
    lines.flatMap((line) => (kinds.includes(line.kind) ? [line.text] : []));
  const title = cutToUnits(headline, UNITS.title);
  const summary = [...(title === headline ? [] : [headline]), ...of('sentence')].join('\n');
  const [quote] = of('quote');
  return {
    card_type: 'text_notice',
    source: { desc: 'Earshot', desc_color: COLOURS[tone] },
    main_title: { title },
    ...(summary === '' ? {} : { sub_title_text: cutToUnits(summary, UNITS.summary) }),
    horizontal_content_list: rowsOf(lines),
    ...(quote === undefined ? {} : { quote_area: { type: 0, quote_text: cutToUnits(quote, UNITS.quote) } }),
    jump_list: links
      .slice(0, MOST_JUMPS)
      .map(({ text, href }) => ({ type: 1, title: cutToUnits(text, UNITS.button), url: href })),
    card_action: { type: 1, url: first.href },
  };
}

function rowsOf(lines: readonly Line[]): JsonObject[] {
  const rows = lines.flatMap((line) =>
    line.kind === 'fact' ? [[line.label, line.text] as const] : line.kind === 'alert' ? [figureFirst(line.text)] : [],
  );
  return rows.slice(0, WECOM_ROWS).map(([label, text]) => ({
    keyname: cutToUnits(label, UNITS.label),
    value: cutToUnits(text, UNITS.value),
  }));
}

/** How an alert stands comes after the last colon of its line: long names must not cut it off. */
function figureFirst(text: string): readonly [figure: string, name: string] {
  const at = Math.max(text.lastIndexOf('：'), text.lastIndexOf(': '));
  return at < 0 ? ['•', text] : [text.slice(at + 1).trim(), text.slice(0, at)];
}
