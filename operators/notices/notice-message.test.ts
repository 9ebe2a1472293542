import { expect, it } from 'vitest';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { AT, notice, noticeAlert } from '../destinations/testing/specimen-notices.ts';
import { messageOf } from './notice-message.ts';
import type { NoticeReason } from './notices.ts';
import { ReaderTimes } from './reader-times.ts';
import { LANGUAGES, type Language } from './writing.ts';

const HOUR = 3_600_000;

function sentences(reason: NoticeReason, language: Language, changes: Partial<AlertMessage> = {}): readonly string[] {
  const said = notice(reason, [noticeAlert(changes)], { at: AT + HOUR });
  const { lines } = messageOf(said, { language, times: new ReaderTimes('Asia/Shanghai', language) });
  return lines.flatMap((line) => (line.kind === 'sentence' ? [line.text] : []));
}

it.each(['repeat', 'escalated'] as const)('a notice of kind %s says of when its figures are', (reason) => {
  expect(sentences(reason, 'en')).toContainEqual(expect.stringMatching(/^Figures as of .*16:00/));
  expect(sentences(reason, 'zh-CN')).toContainEqual(expect.stringMatching(/^以上数值截至 .*16:00/));
});

it('a notice of a change, or of an end, says its figures alone: they are of now', () => {
  for (const language of LANGUAGES)
    for (const reason of ['first', 'acknowledged', 'all_resolved'] as const) {
      const state = reason === 'all_resolved' ? 'resolved' : 'firing';
      expect(sentences(reason, language, { state }).join()).not.toMatch(/as of|截至/);
    }
});
