import { expect, it } from 'vitest';
import { threadCount, threadNote } from './thread-count.ts';

it.each([
  [{ threads: 1, partitions: 4 }, 8, 1],
  [{ threads: 2, partitions: 4 }, 1, 2],
  [{ threads: 8, partitions: 4 }, 8, 4],
  [{ threads: 4, partitions: 1 }, 8, 1],
  [{ threads: 'auto', partitions: 4 }, 2, 2],
  [{ threads: 'auto', partitions: 4 }, 16, 4],
  [{ threads: 'auto', partitions: 4 }, 1, 1],
  [{ threads: 'auto', partitions: 1 }, 16, 1],
] as const)('%j on %i cores is %i threads', (config, cores, count) => {
  expect(threadCount(config, cores)).toBe(count);
});

it('says which threads have nothing to do', () => {
  expect(threadNote({ threads: 5, partitions: 4 })).toMatch(/threads: 5 is more than partitions: 4/);
  expect(threadNote({ threads: 4, partitions: 4 })).toBeNull();
  expect(threadNote({ threads: 'auto', partitions: 1 })).toBeNull();
});
