import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordingLogger } from '../testing/broker.fixture.ts';
import { DiskSpace } from './disk-space.ts';

const MIB = 1024 * 1024;

it('warns once before the disk is full, says so while it is, and restarts the server once when there is space', async () => {
  const logger = recordingLogger();
  let free: number | Error = 2_000 * MIB;
  let again = 0;
  const space = new DiskSpace({
    folder: '/data',
    logger,
    onSpaceAgain: () => again++,
    free: () => (free instanceof Error ? Promise.reject(free) : Promise.resolve(free)),
  });
  const at = async (next: number | Error): Promise<string | undefined> => {
    free = next;
    await space.look();
    return space.full();
  };
  expect(await at(2_000 * MIB)).toBeUndefined();
  expect(logger.lines).toEqual([]);
  expect(await at(511 * MIB)).toBeUndefined();
  expect(await at(100 * MIB)).toBeUndefined();
  expect(logger.lines.map(({ message }) => message)).toEqual(['the disk is nearly full']);
  const why = 'the disk under /data is full (7 MiB left): free at least 32 MiB, the rest goes on by itself';
  expect(await at(8 * MIB - 1)).toBe(why);
  // Hardly any space is none; and what cannot be read is not taken for space.
  expect(await at(31 * MIB)).toMatch(/\(31 MiB left\)/);
  expect(await at(new Error('EIO'))).toMatch(/\(31 MiB left\)/);
  expect(again).toBe(0);
  expect(await at(32 * MIB)).toBeUndefined();
  expect(await at(2_000 * MIB)).toBeUndefined();
  expect(again).toBe(1);
  expect(space.families()).toMatchObject([{ name: 'earshot_store_free_bytes', samples: [{ value: 2_000 * MIB }] }]);
});

it('looks at the real disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-disk-'));
  const logger = recordingLogger();
  const space = new DiskSpace({ folder, logger, onSpaceAgain: () => undefined });
  await space.look();
  expect(space.families()[0]?.samples[0]?.value).toBeGreaterThan(0);
  rmSync(folder, { recursive: true });
  await space.look();
  expect(logger.lines.at(-1)?.message).toBe('cannot tell how full the disk is');
});
