/** A short round of all faults at once; EARSHOT_SECONDS makes it longer, `npm run bench -- nemesis` lasts minutes. EARSHOT_SEED makes the same faults again. */
import { describe, expect, it } from 'vitest';
import { nemesis } from '../../rig/nemesis-run.ts';

const SECONDS = Number(process.env['EARSHOT_SECONDS'] ?? 8);
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));

describe('two engines whose processes, networks and broker fail at random', () => {
  it.each([
    [1, 1],
    [4, 2],
  ])(
    'leave what one undisturbed engine leaves, in %i partitions on %i threads each',
    async (partitions, threads) => {
      process.stdout.write(`nemesis: EARSHOT_SEED=${SEED}\n`);
      const { faults, wrong } = await nemesis({ seed: SEED, seconds: SECONDS, partitions, threads });
      process.stdout.write(`nemesis: ${JSON.stringify(faults)}\n`);
      expect(wrong).toEqual([]);
      expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(4);
    },
    300_000,
  );
});
