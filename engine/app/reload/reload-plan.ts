/**
 * What becomes of a configuration that takes the place of the running one: each difference is applied, or needs a restart, and
 * what the saved state does not fit refuses all of it. Pure: nothing is changed here.
 */
import { operatorsOf, type ChainDef } from '../../core/chain.ts';
import { EngineError } from '../../core/errors.ts';
import type { ConfigChange, ReloadPlan } from '../../core/reload-report.ts';
import { isSameState } from '../../core/state-equality.ts';
import type { Json, OperatorDef } from '../../core/types.ts';
import { canonicalJson } from '../../../operators/audit/canonical-json.ts';
import type { Config } from '../config/config.ts';

/** What takes a change up: `here` while the engine runs, `restart` when it starts. A part that is not listed does not compile. */
const TAKEN_UP = {
  installation: 'restart',
  // What it includes stands in the parts themselves.
  include: 'here',
  nats: 'restart',
  http: 'restart',
  time: 'restart',
  partitions: 'restart',
  threads: 'restart',
  instances: 'restart',
  liveEveryMs: 'here',
  commit: 'here',
  outputs: 'here',
  dedupe: 'here',
  cleaning: 'here',
  channels: 'here',
  limits: 'here',
  mask: 'restart',
  controls: 'restart',
  seal: 'restart',
  calendars: 'here',
  facts: 'restart',
  outgoing: 'restart',
  hooks: 'here',
  inhibit: 'here',
  scoring: 'restart',
  clocks: 'here',
  journeys: 'here',
  sources: 'here',
  kpis: 'here',
  drift: 'restart',
  rules: 'here',
  board: 'here',
  eventRules: 'here',
  actions: 'here',
  dispatch: 'here',
} as const satisfies Readonly<Record<keyof Config, 'here' | 'restart'>>;

const PARTS = Object.keys(TAKEN_UP) as readonly (keyof Config)[];
const isHere = (part: keyof Config): boolean => TAKEN_UP[part] === 'here';

/** As a configuration writes the parts that are called otherwise here. */
const WRITTEN: Readonly<Partial<Record<keyof Config, string>>> = {
  liveEveryMs: 'live_every',
  eventRules: 'event_rules',
};
const writtenName = (part: keyof Config): string => WRITTEN[part] ?? part; // called as it is written

/** What takes a change of each part up, by the key that people write. */
export function partsByKey(): ReadonlyMap<string, 'here' | 'restart'> {
  return new Map(PARTS.map((part) => [writtenName(part), TAKEN_UP[part]]));
}

/** `chains`: of a configuration, as the partitions run them; what is saved was written by those of the running one. */
export function reloadPlan(
  running: Config,
  next: Config,
  chains: (config: Config) => readonly ChainDef<never, unknown>[],
): ReloadPlan {
  const changes = PARTS.map((part) => ({ part, found: changesOf(writtenName(part), running[part], next[part]) }));
  const refused = misfits(chains(running), chains(joined(running, next)));
  const of = (here: boolean): readonly ConfigChange[] =>
    changes.filter(({ part }) => isHere(part) === here).flatMap(({ found }) => found);
  return { applied: of(true), restart: of(false), refused };
}

/** The running configuration with what of the next can be taken up now. */
export function joined(running: Config, next: Config): Config {
  const taken = Object.fromEntries(PARTS.filter(isHere).map((part) => [part, next[part]])) as Partial<Config>;
  return { ...running, ...taken };
}

function changesOf(part: string, before: unknown, after: unknown): readonly ConfigChange[] {
  if (part === 'include' || isSame(before, after)) return [];
  const [old, now] = [byId(before), byId(after)];
  if (old === null || now === null) return [{ path: part, what: 'changed' }];
  const changes = [
    ...[...now].flatMap(([id, item]): ConfigChange[] => {
      if (!old.has(id)) return [{ path: `${part}.${id}`, what: 'added' }];
      return isSame(old.get(id), item) ? [] : [{ path: `${part}.${id}`, what: 'changed' }];
    }),
    ...[...old.keys()].flatMap((id): ConfigChange[] =>
      now.has(id) ? [] : [{ path: `${part}.${id}`, what: 'removed' }],
    ),
  ];
  return changes.length > 0 ? changes : [{ path: part, what: 'changed' }];
}

/** null: it is no list of things with ids. */
function byId(value: unknown): ReadonlyMap<string, unknown> | null {
  if (!Array.isArray(value)) return null;
  const ids = new Map<string, unknown>();
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null || !('id' in item) || typeof item.id !== 'string') return null;
    ids.set(item.id, item);
  }
  return ids;
}

function isSame(a: unknown, b: unknown): boolean {
  const text = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify({ value })) as Json);
  return text(a) === text(b);
}

/** Why the saved state cannot be taken over: what a start would refuse, known before anything stops. */
function misfits(
  running: readonly ChainDef<never, unknown>[],
  next: readonly ChainDef<never, unknown>[],
): readonly string[] {
  const faults = next.flatMap((chain, i) => {
    const saved = new Map(
      running
        .slice(i, i + 1)
        .flatMap(operatorsOf)
        .map((one) => [one.name, one.fingerprint ?? null]),
    );
    return operatorsOf(chain).flatMap((operator) => {
      const from = saved.get(operator.name);
      if (from === undefined || isSameState(from, operator.fingerprint ?? null)) return [];
      return misfitOf(operator, from ?? undefined) ?? []; // it fits
    });
  });
  return [...new Set(faults)];
}

function misfitOf(
  operator: OperatorDef<unknown, unknown>,
  from: OperatorDef<unknown, unknown>['fingerprint'],
): string | undefined {
  try {
    if (operator.migrate === undefined)
      throw new EngineError('STATE_MISMATCH', [operator.name, 'it cannot take over that state']);
    operator.migrate([], from);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code === 'STATE_MISMATCH') return `${thrown.message}: ${thrown.help}`;
    throw thrown;
  }
}
