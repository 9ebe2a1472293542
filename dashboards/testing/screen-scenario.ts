/** Three walls, one of them gone, and three destinations, one of them in trouble, as the pages' pictures show them. */
const iso = (ms: number): string => new Date(ms).toISOString();
const MINUTE = 60_000;

export const screensAt = (now: number) => ({
  desks: 2,
  screens: [
    wall('a1', '一楼大厅', 'overview', '', now, 'live'),
    wall('b2', 'Support floor, beside the kitchen', 'heat', 'kpi=csat&where=region:east', now, 'stale'),
    wall('c3', '', 'kpi', 'kpi=nps', now, 'gone'),
  ],
});
function wall(screen: string, name: string, page: string, query: string, now: number, state: string) {
  const ago = state === 'live' ? 2000 : 9 * MINUTE;
  return {
    ...{ screen, name, state, board: { page, query }, lang: 'zh-CN', theme: 'dark', size: '1920x1080', version: '1' },
    ...{ since: iso(now - 190 * MINUTE), seen: iso(now - ago), frames_per_s: 3.2 },
  };
}
const counts = { retried: 3, failed: 0, waiting: 0, given_up: 0, failures: [], trouble: null };
export const HOOKS = {
  hooks: [
    {
      ...{ id: 'oncall', kind: 'pagerduty', state: 'ok', delivered: 214, ...counts },
      accepted: { n: 214, half_ms: 68, most_ms: 395 },
    },
    {
      ...{ id: 'desk-wecom', kind: 'wecom', state: 'failing', delivered: 12, ...counts, waiting: 7, given_up: 1 },
      accepted: { n: 12, half_ms: 1024, most_ms: 4200 },
      trouble: {
        reason: 'rate_limited',
        hint: 'the group takes 20 messages a minute: more rules in one notice (batch)',
      },
      failures: [{ at: '2026-03-02T01:00:00.000Z', reason: 'bad_key', hint: 'the key is not valid any more' }],
    },
    { ...{ id: 'night-mail', kind: 'email', state: 'standby', delivered: 0, ...counts, retried: 0 }, accepted: null },
  ],
};
