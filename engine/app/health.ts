/**
 * Whether a live engine is ready and alive, from its first moment on: what its start still waits for, then what its
 * partitions and its connection say. Readiness takes a start's word; liveness says no only to what a restart mends.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Degradation } from '../core/wire.ts';
import type { Condition } from '../gateway/gateway-ports.ts';
import { clockDegradations } from './degradations.ts';
import { connectionState } from '../adapters/nats/nats-connection.ts';
import { readinessOf, type SupervisedPartition } from '../runtime/assignment/supervisor.ts';
import type { PartitionStats } from '../core/partition/stats.ts';

export class EngineHealth {
  /** What is waited for, and how it stands, in the order it was begun. */
  readonly #waits = new Map<string, string>();
  readonly #causes: (() => string | undefined)[] = [];
  readonly #deaths: (() => string | undefined)[] = [];
  readonly #degradations: (() => readonly Degradation[])[] = [];
  #isStarted = false;
  #isSharing = false;
  #nc: NatsConnection | undefined;
  readonly #runs: SupervisedPartition[] = [];

  waitsFor(what: string, how: string): void {
    this.#waits.set(what, how);
  }

  has(what: string): void {
    this.#waits.delete(what);
  }

  reached(nc: NatsConnection): void {
    this.#nc = nc;
  }

  /** Why a start or the partitions may wait, by who can tell; undefined: they need not. */
  watches(cause: () => string | undefined): void {
    this.#causes.push(cause);
  }

  /** What only a restart mends, by who can tell; undefined: it is not. */
  dies(cause: () => string | undefined): void {
    this.#deaths.push(cause);
  }

  /** Partitions are shared: an instance that has none serves boards all the same. */
  shares(): void {
    this.#isSharing = true;
  }

  /** From here on the partitions speak for themselves. */
  started(runs: readonly SupervisedPartition[]): void {
    this.#runs.push(...runs);
    this.#isStarted = true;
  }

  get runs(): readonly SupervisedPartition[] {
    return this.#runs;
  }

  /** Why nothing that the engine knows can be answered yet; empty once its partitions were started. */
  starting(): readonly string[] {
    if (this.#isStarted) return [];
    const reasons = [...this.#waits].map(([what, how]) => `${what}: ${how}`);
    return reasons.length > 0 ? reasons : ['the engine is starting'];
  }

  /** What is amiss though the engine works, by who can tell. */
  degrades(by: () => readonly Degradation[]): void {
    this.#degradations.push(by);
  }

  degraded(): readonly Degradation[] {
    return this.#degradedBy(this.#runs.map((run) => run.stats()));
  }

  #degradedBy(partitions: readonly PartitionStats[]): readonly Degradation[] {
    return [...clockDegradations(partitions), ...this.#degradations.flatMap((by) => by())];
  }

  ready(): Condition {
    const partitions = this.#runs.map((run) => run.stats());
    const causes = this.#causes.flatMap((cause) => cause() ?? []);
    const reasons = [...causes, ...this.starting(), ...readinessOf(partitions, this.#isSharing)];
    if (this.#nc !== undefined) {
      const state = connectionState(this.#nc);
      if (!state.connected()) reasons.push('not connected to NATS');
      const refused = state.refused();
      const isSaid = refused === undefined || reasons.some((reason) => reason.includes(refused));
      if (!isSaid) reasons.push(`the broker refuses: ${refused}`);
      // No reason by themselves: they explain what is waited for.
      if (reasons.length > 0)
        reasons.push(...state.troubles().filter((trouble) => !reasons.some((one) => saysSame(one, trouble))));
    }
    const degraded = this.#degradedBy(partitions);
    return { ok: reasons.length === 0, reasons, ...(degraded.length > 0 ? { degraded } : {}) };
  }

  /** A broker that is away, at the start as later, is nothing that a restart mends. */
  alive(): Condition {
    const reasons = [...this.#runs.map((run) => run.fatal()), ...this.#deaths.map((cause) => cause())].flatMap(
      (reason) => reason ?? [],
    );
    if (this.#nc?.isClosed() === true) reasons.push('the connection to NATS is closed for good');
    return { ok: reasons.length === 0, reasons };
  }
}

/** Whether a refusal that one of them ends with stands in the other. */
function saysSame(reason: string, trouble: string): boolean {
  const refused = /this user may not .*$/.exec(trouble)?.[0];
  return refused !== undefined && reason.includes(refused);
}
