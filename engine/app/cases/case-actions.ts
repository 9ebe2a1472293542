/**
 * Actions by the case they are for, from `CX_ACTIONS`, whose subjects name no case: the newest of them are read when the first story
 * is asked for, and what came since with each further one. Bounded: the oldest are forgotten.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import type { CaseAction } from '../../core/cases/case-story-form.ts';
import { OneAtATime } from '../../core/steps/one-at-a-time.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import { readCaseAction } from '../../../operators/cases/read-case-action.ts';

const STREAM = 'CX_ACTIONS';
/** About 20 MB. */
const MOST_MESSAGES = 50_000;

export interface ActionsOfCase {
  /** In the order in which they became so. */
  readonly actions: readonly CaseAction[];
  /** Of what was said before nothing is known; null: all there is was read. */
  readonly since: string | null;
}

export class CaseActions {
  readonly #most: number;
  #byCase = new Map<string, CaseAction[]>();
  /** Whose each message was, in their order: what is forgotten first. */
  #cases: string[] = [];
  #after: number | null = null;
  #since: string | null = null;
  /** One reads at a time; whoever comes meanwhile waits for it. */
  readonly #reading = new OneAtATime();

  constructor(most = MOST_MESSAGES) {
    this.#most = most;
  }

  async of(nc: NatsConnection, id: string, logger: Logger, signal: AbortSignal): Promise<ActionsOfCase> {
    await this.#reading.run(() => this.#catchUp(nc, logger, signal));
    const actions = this.#byCase.get(id) ?? []; // nothing was to be done
    return { actions: actions.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)), since: this.#since };
  }

  async #catchUp(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const manager = await managerOf(nc);
    const { state } = await manager.streams.info(STREAM);
    // The stream was made again: what is known of the former says nothing.
    if (this.#after !== null && this.#after > state.last_seq) this.#forgetAll();
    const known = this.#after ?? 0; // none was read yet
    const after = Math.max(known, state.first_seq - 1, state.last_seq - this.#most);
    this.#after = after;
    if (after >= state.last_seq) return;
    let hasGap = after > known;
    await readToEnd(nc, { stream: STREAM, after, logger }, signal, (batch) => {
      for (const message of batch) {
        if (hasGap) this.#since = message.headers['ce-time'] ?? this.#since; // somebody else's has no time
        hasGap = false;
        this.#take(message);
      }
      return undefined;
    });
  }

  #take(message: RawMessage): void {
    this.#after = message.seq;
    const read = readCaseAction(message);
    if (read === undefined) return;
    const known = this.#byCase.get(read.case);
    if (known === undefined) this.#byCase.set(read.case, [read.action]);
    else known.push(read.action);
    this.#cases.push(read.case);
    if (this.#cases.length >= 2 * this.#most) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const id of this.#cases.splice(0, this.#cases.length - this.#most)) {
      const known = this.#byCase.get(id);
      const oldest = known?.shift();
      if (oldest !== undefined && (this.#since === null || oldest.at > this.#since)) this.#since = oldest.at;
      if (known?.length === 0) this.#byCase.delete(id);
    }
  }
  #forgetAll(): void {
    this.#byCase = new Map();
    [this.#cases, this.#after, this.#since] = [[], null, null];
  }
}
