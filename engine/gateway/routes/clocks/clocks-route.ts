import { OpenClocks, type CountOptions, type OpenClock } from '../../../core/clocks/open-clocks.ts';
import type { OpenRun } from '../../../core/clocks/open-run.ts';
import { COMBINING_PARTITION } from '../../../core/partition/combining.ts';
import type { Millis } from '../../../core/types.ts';
import { isOwn } from '../../../live/filter.ts';
import { may } from '../../access/principal.ts';
import { ok, parameter, ref } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { recovering, type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const HOUR_MS: Millis = 3_600_000;
const BOUNDS: readonly Millis[] = [HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS];
const MOST_BOUNDS = 8;
const MOST_NEXT = 20;
/** After so many runs others have their turn. */
const RUNS_A_STEP = 500;
const UNITS: Readonly<Record<string, Millis>> = { s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };
/** Of what clocks keep, fields that say which case, or whose it is. */
const NAMES_ONE = /^(case|conversation|call|order|customer(?!\.(?:tier|segment)$)(\..+)?)$/;
const FIELD = /^[a-z][a-z0-9_]{0,63}$/i;

export const clocksRoute = {
  method: 'GET',
  path: '/v1/clocks',
  permission: 'read',
  needsEngine: true,
  query: { by: 'once', ages: 'once' },
  operation: {
    summary: 'What is open of each clock: how many, past their due time, by age and by team, and what falls due next.',
    parameters: [
      parameter('by', 'query', 'A field that clocks keep, by which they are counted; `team` unless given'),
      parameter('ages', 'query', 'Bounds of ages, ascending: `1h,4h,1d,3d` unless given'),
    ],
    answers: {
      200: ok(
        'Of runs that lie wholly in the scope; for those who may not see cases (right `actions`) `next[].key` is null, and fields that name a case or customer are left out',
        ref('OpenClocks'),
      ),
    },
  },
  handle: clocks,
} as const satisfies RouteSpec;

async function clocks(context: RouteContext, { query, principal, request }: Call): Promise<HttpAnswer> {
  const waits = recovering(context) ?? runElsewhere(context);
  if (waits !== undefined) return waits;
  const by = query.get('by') ?? 'team';
  if (!FIELD.test(by)) return errorAnswer('invalid', 'by is the name of a field that clocks keep, such as team');
  const bounds = boundsOf(query.get('ages'));
  if (bounds === undefined)
    return errorAnswer('invalid', `ages is up to ${MOST_BOUNDS} durations that rise, such as 1h,4h,1d,3d`);
  const filter = visibleTo(context, principal);
  const isNamed = may(principal, 'actions');
  const name = JSON.stringify(['clocks', filter.id, isNamed, by, bounds]);
  const list = (): Promise<Uint8Array> =>
    context.lists.of(name, () => counted(context, filter, { by, bounds, isNamed }));
  // There are as many questions as bounds: who asks them all would keep everybody's lists waiting.
  const body = context.lists.has(name) ? await list() : await context.histories.pass(list);
  if (body !== 'full') {
    if (isNamed) context.audit.read({ action: 'cases.read', principal, address: request.remote });
    return { ...jsonAnswer(200, null), body };
  }
  const limit = 'http.limits.histories';
  return errorAnswer('overloaded', `too much is counted at once (${limit})`, { limit }, { 'retry-after': '2' });
}

/** Of instances that share partitions all boards are complete; clocks run where partitions are combined alone. An empty list would be taken for "nothing is open". */
function runElsewhere({ ports }: RouteContext): HttpAnswer | undefined {
  const combining = (ports.partitions?.() ?? []).find(({ partition }) => partition === COMBINING_PARTITION); // an engine without any
  if (combining === undefined || ['running', 'blocked'].includes(combining.health.state)) return undefined;
  const { reasons } = combining.health;
  const message = `open clocks are listed by the instance that combines the partitions: ${reasons.join('; ')}`;
  return errorAnswer('not_ready', message, { reasons }, { 'retry-after': '1' });
}

/** undefined: it says something else. */
function boundsOf(text: string | null): readonly Millis[] | undefined {
  if (text === null) return BOUNDS;
  const bounds = text.split(',').map((part) => {
    const [, n, unit] = /^(\d{1,6})([smhd])$/.exec(part) ?? []; // not a duration
    return n === undefined || unit === undefined ? Number.NaN : Number(n) * (UNITS[unit] ?? Number.NaN); // one of these four
  });
  const rises = bounds.every((bound, i) => bound > (bounds[i - 1] ?? 0)); // the first above nothing
  return rises && bounds.length <= MOST_BOUNDS ? bounds : undefined;
}

interface Asked extends Pick<CountOptions, 'by' | 'bounds'> {
  readonly isNamed: boolean;
}
/** In steps: there may be a million. Empty texts are where others have their turn. */
function* counted(context: RouteContext, filter: Parameters<typeof isOwn>[0], asked: Asked): Generator<string> {
  const { ports, hub } = context;
  const { watermark } = hub.progress();
  // Event time, as clocks have it; before anything came it stands at now.
  const at = watermark === null ? context.now() : Date.parse(watermark);
  const configured = ports.clocks?.() ?? []; // an engine without any
  const open = new OpenClocks(
    configured.map(({ id }) => id),
    { by: asked.by, bounds: asked.bounds, now: at, most: MOST_NEXT },
  );
  let n = 0;
  for (const run of ports.openRuns?.() ?? []) {
    if (filter.scope.length === 0 || isOwn(filter, run.kept)) open.add(asked.isNamed ? run : nameless(run));
    if ((n += 1) % RUNS_A_STEP === 0) yield '';
  }
  const titles = new Map(configured.map(({ id, title }) => [id, title]));
  const clocks = open.counted().map((clock) => shown(clock, asked.isNamed, titles.get(clock.clock)));
  const bounds = asked.bounds.map((bound) => bound / 1000);
  yield JSON.stringify({ as_of: new Date(at).toISOString(), by: asked.by, bounds_s: bounds, clocks });
}

/** What a clock keeps of it, without what says which case or whose it is: to whom it is not named. */
function nameless(run: OpenRun): OpenRun {
  const isOfMany = ([name, value]: [string, string]): boolean => value !== run.key && !NAMES_ONE.test(name);
  return { ...run, kept: Object.fromEntries(Object.entries(run.kept).filter(isOfMany)) };
}

function shown({ next, ...rest }: OpenClock, isNamed: boolean, title: unknown): object {
  return {
    ...{ ...rest, title },
    next: next.map(({ key, started, due, kept }) => ({
      ...{ key: isNamed ? key : null, kept },
      ...{ started: new Date(started).toISOString(), due: new Date(due).toISOString() },
    })),
  };
}
