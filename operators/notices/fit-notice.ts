/** A notice within its tool's limit: first fewer alerts are listed (the rest is counted), then details go, then text is cut. */
import { cutToUnits } from './cut.ts';
import type { Writing } from './writing.ts';
import { messageOf, type Line, type Message } from './notice-message.ts';
import type { Notice } from './notices.ts';

const MOST_LISTED = 20;
/** What goes first where one alert alone is too long. */
const SPARED: readonly Line['kind'][] = ['quote', 'fact', 'alert'];
const SHORTEST = 8;

/** `write` makes the whole body that is sent; `fits` judges it. The last resort is a body whose every text is cut to a few words. */
export function fitNotice<B>(
  notice: Notice,
  writing: Pick<Writing, 'language' | 'times'>,
  write: (message: Message) => B,
  fits: (body: B) => boolean,
): B {
  for (let listed = Math.min(MOST_LISTED, Math.max(1, notice.alerts.length)); listed > 0; listed--) {
    const body = write(messageOf(notice, writing, listed));
    if (fits(body)) return body;
  }
  let message = messageOf(notice, writing, 1);
  for (const kind of SPARED) {
    const lines = message.lines.filter((line, i) => line.kind !== kind || i === 0);
    message = { ...message, lines };
    const body = write(message);
    if (fits(body)) return body;
  }
  for (let most = 1024; most > SHORTEST; most = most >> 1) {
    const body = write(shortened(message, most));
    if (fits(body)) return body;
  }
  return write({ ...shortened(message, SHORTEST), lines: [] });
}

function shortened(message: Message, most: number): Message {
  const lines = message.lines.map((line): Line => ({ ...line, text: cutToUnits(line.text, most) }));
  return { ...message, headline: cutToUnits(message.headline, most), lines };
}
