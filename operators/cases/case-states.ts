/**
 * The states of a case and what events do to them.
 *
 *                opened                pending                    resolved              closed
 *     (unknown) ───────▶ open 处理中 ◀────────▶ pending 待跟进 ─────────▶ resolved 已解决 ────────▶ closed 已关闭
 *                          ▲  customer speaks        (open, too)        │   (open, pending, too) │
 *                          └───────────────────────────── reopened ─────┴───────────────────────┘
 *
 * `stay`: it says something of the case and changes nothing. What the table calls illegal no case does of itself: an event is missing,
 * or its sender is wrong. It counts by kind, and the case stands as the event says, because its sender knows better what is now.
 */
import type { CaseState } from '../../engine/core/cases/case-story-form.ts';
import { must } from '../../engine/core/must.ts';

/** What an event is to a case. A snapshot says itself which state it is. */
export const CASE_ACTS = [
  'snapshot',
  'opened',
  'assigned',
  'spoken',
  'replied',
  'pending',
  'reopened',
  'resolved',
  'evaluated',
  'closed',
] as const;
/** In the order in which different events at one instant count. */
export type CaseAct = (typeof CASE_ACTS)[number];

type Change = CaseState | 'stay';
interface Rule {
  /** What it becomes from a state it may come to; left out: illegal there. */
  readonly from: Readonly<Partial<Record<CaseState, Change>>>;
  /** Where it is illegal, and where nothing is known of the case: what it is then. */
  readonly otherwise: CaseState | 'stay';
}

const STAYS = { open: 'stay', pending: 'stay', resolved: 'stay', closed: 'stay' } as const;

/** Of every act but a snapshot. `spoken`: the customer said something. */
const RULES = {
  opened: { from: {}, otherwise: 'open' },
  assigned: { from: { open: 'stay', pending: 'stay' }, otherwise: 'stay' },
  spoken: { from: { ...STAYS, pending: 'open' }, otherwise: 'stay' },
  replied: { from: STAYS, otherwise: 'stay' },
  pending: { from: { open: 'pending', pending: 'stay' }, otherwise: 'pending' },
  reopened: { from: { resolved: 'open', closed: 'open' }, otherwise: 'open' },
  resolved: { from: { open: 'resolved', pending: 'resolved', resolved: 'stay' }, otherwise: 'resolved' },
  evaluated: { from: STAYS, otherwise: 'stay' },
  closed: { from: { open: 'closed', pending: 'closed', resolved: 'closed', closed: 'stay' }, otherwise: 'closed' },
} as const satisfies Readonly<Record<Exclude<CaseAct, 'snapshot'>, Rule>>;

export interface Step {
  /** Where it stands after it. */
  readonly to: CaseState;
  readonly isIllegal: boolean;
}

/**
 * `from`: null: nothing is known of the case. `said`: of a snapshot. Nothing is illegal for a case that is not known: its opening may
 * be older than all that is kept.
 */
export function stepOf(from: CaseState | null, act: CaseAct, said: CaseState = 'open'): Step {
  if (act === 'snapshot') return { to: said, isIllegal: false };
  const { from: table, otherwise }: Rule = RULES[act];
  const implied = otherwise === 'stay' ? (from ?? 'open') : otherwise;
  if (from === null) return { to: implied, isIllegal: false };
  const change = table[from];
  if (change === undefined) return { to: implied, isIllegal: true };
  return { to: change === 'stay' ? from : change, isIllegal: false };
}

const ACT_OF_TYPE: ReadonlyMap<string, CaseAct> = new Map([
  ['cx.case.snapshot', 'snapshot'],
  ['cx.case.opened', 'opened'],
  ['cx.case.assigned', 'assigned'],
  ['cx.case.replied', 'replied'],
  ['cx.case.pending', 'pending'],
  ['cx.case.reopened', 'reopened'],
  ['cx.case.resolved', 'resolved'],
  ['cx.case.evaluated', 'evaluated'],
  ['cx.case.closed', 'closed'],
]);

/** undefined: it happens beside the case, as a survey does. `author`: who acted. */
export function actOf(type: string, author: unknown): CaseAct | undefined {
  const isSpoken = author === 'customer' && (type === 'cx.interaction.message' || type === 'cx.case.replied');
  return isSpoken ? 'spoken' : ACT_OF_TYPE.get(type);
}

const RANKS: ReadonlyMap<CaseAct, number> = new Map(CASE_ACTS.map((act, rank) => [act, rank]));
export function rankOf(act: CaseAct): number {
  return must(RANKS.get(act));
}

/** As a snapshot says it. */
export function stateSaid(said: unknown): CaseState {
  return said === 'pending' || said === 'resolved' || said === 'closed' ? said : 'open';
}
