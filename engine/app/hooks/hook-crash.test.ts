/**
 * Killed at every call of a port, before its effect and after it, with a save stored in part: nothing is lost, what is repeated
 * comes under the same id, the order of each alert is kept, and what was given up stays listed.
 */
import { describe, expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { savedHook, savedHooks } from '../../adapters/hooks/saved-hooks.ts';
import type { HookPosition } from '../../adapters/hooks/saved-lines.ts';
import { SavedMessages, type SavePlan } from '../../adapters/hooks/saved-messages.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { HookQueue } from '../../delivery/hook-queue.ts';
import type { HookRules } from '../../delivery/hook-rules.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { alertMessage, hookRules, SECOND } from '../../delivery/testing/delivery-rehearsal.ts';
import {
  alertsOf,
  type AlertRecord,
  type FailedNotice,
  type Outcome,
  type PendingNotice,
} from '../../delivery/records.ts';
import { HookDelivery } from './hook-delivery.ts';

const END = 60 * SECOND;
const STEP = SECOND / 2;

interface Change {
  readonly at: number;
  readonly message: AlertMessage;
}

const fires = (at: number, alert: string, more: Partial<AlertMessage> = {}): Change => ({
  at: at * SECOND,
  message: alertMessage(alert, more),
});
const resolves = (at: number, alert: string): Change => fires(at, alert, { state: 'resolved' });

/** What is stored of `CX_ALERTS`. */
const CHANGES: readonly Change[] = [
  fires(1, 'A'),
  fires(1, 'B', { severity: 'critical' }),
  fires(2, 'dead'),
  fires(3, 'C'),
  fires(3, 'brief'),
  resolves(4, 'brief'),
  fires(8, 'C', { acked: { by: 'Li', at: '2026-03-02T08:00:08Z' } }),
  resolves(20, 'A'),
  resolves(25, 'C'),
];

const RULES: readonly HookRules[] = [
  hookRules({ id: 'oncall', readers: 'programs', escalate: [{ after: 10 * SECOND, to: 'managers' }], rates: [] }),
  hookRules({ id: 'desk', readers: 'people', rates: [{ notices: 20, per: 60 * SECOND }], repeat: 30 * SECOND }),
  hookRules({ id: 'managers', readers: 'people', matches: () => false }),
];

interface Accepted {
  readonly hook: string;
  readonly notice: PendingNotice;
  readonly at: number;
}

/** Everything that outlives a process. */
class World {
  readonly stored = new Map<string, string>();
  readonly accepted: Accepted[] = [];
  now = 0;
  moments = 0;
  readonly #killAt: number;
  #kill: () => void = () => undefined;

  constructor(killAt: number) {
    this.#killAt = killAt;
  }

  /** A process that lives until it is killed: then none of its calls ever returns. */
  process(): { readonly delivery: HookDelivery; readonly isDead: () => boolean } {
    let isDead = false;
    const ending = new AbortController();
    this.#kill = () => {
      isDead = true;
      ending.abort(new Error('killed'));
    };
    const messages = new SavedMessages();
    const saved = savedHooks(messages.restore(this.stored));
    const hooks = RULES.map((rules) => {
      const queue = new HookQueue(rules);
      queue.restore(savedHook(saved, rules.id));
      const send = (notice: PendingNotice): Promise<Outcome> => this.#send(rules.id, notice);
      return { config: { id: rules.id, kind: 'webhook' }, queue, send };
    });
    const delivery = new HookDelivery({
      hooks,
      inhibitions: new Inhibitions([]),
      store: { save: (changes, position) => this.#save(messages.plan(changes, position)) },
      overlayOf: () => undefined,
      clock: { now: () => this.now },
      logger: recordingLogger(),
      signal: ending.signal,
      pause: () => Promise.reject(new Error('a store that refuses is not part of this')),
      onTaken: () => undefined,
    });
    return { delivery, isDead: () => isDead };
  }

  get position(): number {
    const text = this.stored.get('position');
    return text === undefined ? 0 : (JSON.parse(text) as HookPosition).seq;
  }

  /** As the next process would read it. */
  saved(): ReadonlyMap<string, unknown> {
    return new SavedMessages().restore(this.stored);
  }

  /** False: the process is no more. */
  #lives(): boolean {
    if (++this.moments !== this.#killAt) return true;
    this.#kill();
    return false;
  }

  async #save({ lines, commit }: SavePlan): Promise<void> {
    for (const { key, value } of lines) {
      if (!this.#lives()) return NEVER;
      if (value === null) this.stored.delete(key);
      else this.stored.set(key, value);
    }
    if (!this.#lives()) return NEVER;
    commit();
  }

  async #send(hook: string, notice: PendingNotice): Promise<Outcome> {
    if (!this.#lives()) return NEVER;
    const said = structuredClone(notice);
    const outcome = this.#answer(hook, said);
    if (outcome.kind === 'delivered' || outcome.kind === 'unknown') {
      this.accepted.push({ hook, notice: said, at: this.now });
    }
    return this.#lives() ? outcome : NEVER;
  }

  #answer(hook: string, notice: PendingNotice): Outcome {
    if (alertsOf(notice).includes('dead') && hook === 'oncall') return { kind: 'dead', reason: 'rejected', hint: '' };
    if (hook === 'oncall' && this.now < 3 * SECOND)
      return { kind: 'refused', after: null, reason: 'server_error', hint: '' };
    // It takes the notice and the answer is lost.
    if (hook === 'desk' && this.now < 2 * SECOND) return { kind: 'unknown', reason: 'network', hint: '' };
    return { kind: 'delivered' };
  }
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the caller knows to be stored
function those<T>(saved: ReadonlyMap<string, unknown>, prefix: string): readonly T[] {
  return [...saved].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T);
}

const NEVER = new Promise<never>(() => undefined);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function run(killAt: number): Promise<World> {
  const world = new World(killAt);
  let { delivery, isDead } = world.process();
  let read = 0;
  for (; world.now <= END; world.now += STEP) {
    if (isDead()) {
      ({ delivery, isDead } = world.process());
      read = world.position;
    }
    for (let next = CHANGES[read]; next !== undefined && next.at <= world.now; next = CHANGES[read]) {
      delivery.changed(next.message, ++read, next.at, () => true);
    }
    void delivery.step().catch(() => undefined);
    for (let i = 0; i < 4; i++) await settled();
  }
  return world;
}

function check(world: World): void {
  const said = (hook: string, alert: string): readonly Accepted[] =>
    world.accepted.filter((one) => one.hook === hook && alertsOf(one.notice).includes(alert));
  const kinds = (hook: string, alert: string): readonly string[] => said(hook, alert).map(({ notice }) => notice.kind);
  for (const hook of ['oncall', 'desk']) {
    for (const alert of ['A', 'C']) {
      expect(kinds(hook, alert).at(0), `${hook} ${alert} begins`).toMatch(/first|more/);
      expect(kinds(hook, alert).at(-1), `${hook} ${alert} ends`).toBe('resolved');
    }
    expect(kinds(hook, 'C'), `${hook}: who acknowledged C`).toContain('acknowledged');
    expect(kinds(hook, 'B')[0], `${hook} B`).toMatch(/first|more/);
    for (const alert of ['A', 'B', 'C', 'brief']) {
      const ended = said(hook, alert).findIndex(({ notice }) => notice.kind === 'resolved');
      const after = ended < 0 ? [] : kinds(hook, alert).slice(ended);
      expect(new Set(after).size, `${hook} ${alert} after its end`).toBeLessThanOrEqual(1);
      for (const kind of ['first', 'more', 'acknowledged', 'resolved']) {
        const ids = new Set(said(hook, alert).flatMap(({ notice }) => (notice.kind === kind ? [notice.id] : [])));
        expect(ids.size, `${hook} ${alert} ${kind}: one id`).toBeLessThanOrEqual(1);
      }
    }
  }
  expect(new Set(said('managers', 'B').map(({ notice }) => notice.id)).size, 'B is escalated once').toBe(1);
  // What was given up stays listed, and its alert is escalated, too: nobody was told of it.
  const failed = those<FailedNotice>(world.saved(), 'failed.oncall.');
  expect(failed.map(({ notice }) => notice.alerts[0]?.alert)).toEqual(['dead']);
  expect(new Set(said('managers', 'dead').map(({ notice }) => notice.id)).size, 'dead is escalated').toBe(1);
  expect(those(world.saved(), 'notice.'), 'nothing waits').toEqual([]);
  const messages = [...world.stored.keys()].filter((key) => key.startsWith('message.'));
  const named = new Set(those<AlertRecord>(world.saved(), 'alert.').map(({ message }) => message));
  expect(messages.length, 'messages that nothing names are no more').toBe(named.size);
}

describe('a process that is killed at a call of a port', () => {
  it('lives through it all when it is not killed', async () => {
    const world = await run(0);
    check(world);
    expect(world.moments).toBeGreaterThan(100);
  });

  it('loses nothing, says nothing twice under another id, and keeps the order, whichever call it was', async () => {
    const { moments } = await run(0);
    for (let moment = 1; moment <= moments; moment++) {
      const world = await run(moment);
      try {
        check(world);
      } catch (error) {
        throw new Error(`killed at moment ${moment} of ${moments}`, { cause: error });
      }
    }
  });
});
