/**
 * What a test of whole engines under one kind of fault begins and ends with: a workload that is another one each time
 * (EARSHOT_SEED runs it again), what an undisturbed engine leaves of it, and a broker that ends with the test.
 */
import { afterEach, beforeAll, expect } from 'vitest';
import type { StorableMessage } from '../../adapters/nats/publisher.ts';
import type { EngineProcess } from './engine-process.ts';
import { allRead, calmStreams, differences, faultInput, ready, startLab, type Lab, type Output } from './fault-lab.ts';
import type { Stored } from './read-streams.ts';

export interface FaultFixture {
  readonly seed: number;
  readonly messages: readonly StorableMessage[];
  /** What an undisturbed engine leaves; known when tests run. */
  calm(): Record<Output, readonly Stored[]>;
  lab(partitions?: number): Promise<Lab>;
  /** The engine reads the rest, is ready, ends cleanly, and the streams hold what an undisturbed engine leaves. */
  expectCalm(lab: Lab, engine: EngineProcess): Promise<void>;
}

/** Call it in a `describe`. */
export function faultFixture(name: string, count: number): FaultFixture {
  const seed = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
  const messages = faultInput(seed, count);
  const labs: Lab[] = [];
  let calm: Record<Output, readonly Stored[]> | undefined;
  const found = (): Record<Output, readonly Stored[]> => {
    if (calm === undefined) throw new Error('known when tests run');
    return calm;
  };
  beforeAll(async () => {
    process.stdout.write(`${name}: EARSHOT_SEED=${seed}\n`);
    calm = await calmStreams(messages);
    expect([calm.CX_ALERTS.length > 0, calm.CX_DLQ.length > 10, calm.CX_KPI.length > 100]).toEqual([true, true, true]);
  });
  afterEach(async () => {
    for (const lab of labs.splice(0)) await lab.close();
  });
  return {
    seed,
    messages,
    calm: found,
    lab: async (partitions) => {
      const lab = await startLab(partitions);
      labs.push(lab);
      return lab;
    },
    expectCalm: async (lab, engine) => {
      await allRead(engine, messages.length, 20_000);
      await ready(engine);
      engine.kill('SIGTERM');
      expect(await engine.ended).toBe(0);
      expect(differences(await lab.streams(), found())).toEqual([]);
    },
  };
}
