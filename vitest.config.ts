import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The longest files first, so that no worker ends up alone with one: runs that kill processes, then real servers, then the rest. */
const LONGEST_FIRST = [
  /golden\.integration/,
  /end-to-end\/faults\//,
  /\.integration\.test/,
  /property|oracle|crash|batch/,
];
const rankOf = (file: string): number => {
  const found = LONGEST_FIRST.findIndex((pattern) => pattern.test(file));
  return found < 0 ? LONGEST_FIRST.length : found;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'dist-bench/**', '.earshot/**'],
    sequence: { sequencer: LongestFirst },
    // Integration tests start real servers and browsers: two cores bear two files at a time.
    maxWorkers: 2,
    // A test that demands haste measures it; this only ends what hangs, on machines many times slower than a desk's.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // On CI's shared machine a timing may slip once; the report names each test that needed its second try.
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
