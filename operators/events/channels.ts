/** The channels every configuration knows; `channels:` adds others. */
export const BUILT_IN_CHANNELS = [
  'app',
  'mini_program',
  'official_account',
  'web',
  'web_chat',
  'wechat',
  'douyin',
  'phone',
  'email',
  'sms',
  'store',
  'pos',
  'survey',
  'marketplace',
  'social',
] as const;

/** The channel of Earshot's own control events. No customer's event may use it. */
export const INTERNAL_CHANNEL = 'internal';

/** `channel` of `cx.events.<channel>.<family>.<key>` and of `cx.p.<partition>.<channel>.<family>`; null elsewhere. */
export function channelOfSubject(subject: string): string | null {
  const start = subject.startsWith('cx.events.') ? 10 : subject.startsWith('cx.p.') ? subject.indexOf('.', 5) + 1 : 0;
  if (start === 0) return null;
  const end = subject.indexOf('.', start);
  const channel = end < 0 ? subject.slice(start) : subject.slice(start, end);
  return channel === '' ? null : channel;
}
