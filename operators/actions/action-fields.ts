/** The fields of an action's message. */

/** Taken from every event that has them. */
export const ALWAYS_KEPT = [
  ...['channel', 'region', 'product', 'store', 'team', 'agent', 'tier', 'segment', 'urgency', 'issue'],
] as const;

/** Nothing kept may be called so. */
export const MESSAGE_FIELDS: readonly string[] = [
  ...[
    'action',
    'id',
    'name',
    'state',
    'title',
    'key',
    'case',
    'customer',
    'reason',
    'reason_zh',
    'owner',
    'due',
    'priority',
    'sent',
  ],
  ...['of', 'event', 'done', 'late_by_s', 'data', 'open', 'escalated', ...ALWAYS_KEPT],
];
