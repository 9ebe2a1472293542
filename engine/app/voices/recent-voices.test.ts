import { expect, test } from 'vitest';
import type { CxEvent } from '../../../operators/shared/messages.ts';
import { mostOf } from './recent-voices.ts';
import { voiceOf } from './voice-of.ts';

function voice(data: CxEvent['data']): ReturnType<typeof voiceOf> {
  const enrichment: CxEvent['enrichment'] = {
    ...{ status: 'ok', lang: 'zh', owner: null, urgency: null, quality: {}, model: null },
    issues: [{ label: 'refund_return', confidence: 0.9 }],
    sentiment: null,
  };
  const event = { source: 's', eventId: '1', type: 'cx.feedback.posted', family: 'feedback' as const, channel: 'app' };
  return voiceOf({ ...event, subjectKey: 'k', attributes: {}, data, time: 5, received: 6, enrichment });
}

test('a voice is what a customer wrote, with its dimensions and none of the person', () => {
  const data = { text: ' 退款\n\n没到 ', region: 'east', customer: { id: 'c-1' }, order: 'o-1', team: 7 };
  expect(voice(data)).toEqual({
    ...{ at: 5, text: '退款 没到', key: { channel: 'app', region: 'east' }, issues: ['refund_return'] },
    ...{ sentiment: null, intensity: null, who: 'c-1' },
  });
});
test('a long one is cut', () => {
  expect(voice({ text: 'x'.repeat(500) })?.text).toMatch(/^x{299}…$/);
});
test.each([
  ['nothing', {}],
  ['a blank', { text: '  ' }],
  ['an agent’s answer', { text: 'hello', author: 'agent' }],
  ['what the bot said', { text: 'hello', author: 'bot' }],
])('%s is none', (_what, data) => {
  expect(voice(data)).toBeUndefined();
});

test('of batches so many are read as some megabytes hold, one at least', () => {
  expect(mostOf({ messages: 1_000_000, bytes: 1_000_000_000 })).toBe(2_000);
  expect(mostOf({ messages: 100, bytes: 100 * 64 * 1024 })).toBe(128);
  expect(mostOf({ messages: 3, bytes: 3 * 2 ** 30 })).toBe(1);
  expect(mostOf({ messages: 0, bytes: 0 })).toBe(1);
});
