/** What the group bots of WeCom and DingTalk share: a Markdown without escapes, and failures inside an HTTP 200. */
import type { Message, Line } from '../notices/notice-message.ts';
import { WORDS } from '../notices/wording.ts';
import type { Language } from '../notices/writing.ts';

const WIDE: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '*': '＊',
  '`': '｀',
  '#': '＃',
  _: '＿',
  '~': '～',
  '|': '｜',
  '\\': '＼',
  '!': '！',
};

/** These tools know no escape: what would format, mention or link is written full-width, and addresses are broken. */
export function plainForBots(text: string): string {
  return text.replace(/[<>[\]*`#_~|\\!]/g, (char) => WIDE[char] ?? char).replaceAll('://', ':\u200b//');
}

/** An address inside `[…](…)`. */
export function markdownAddress(href: string): string {
  return href.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll(' ', '%20');
}

/** Lines of Markdown; `emphasise` colours the headline by its tone, where the tool can. */
export function botMarkdown(message: Message, language: Language, headline: string): string {
  return [headline, ...message.lines.map((line) => lineText(line, language))].join('\n\n');
}

function lineText(line: Line, language: Language): string {
  const text = plainForBots(line.text);
  switch (line.kind) {
    case 'fact':
      return `**${plainForBots(line.label)}**${WORDS[language].colon}${text}`;
    case 'quote':
      return `> ${text}`;
    case 'link':
      return `[${text}](${markdownAddress(line.href)})`;
    case 'alert':
      return `- ${text}`;
    case 'sentence':
      return text;
  }
}
