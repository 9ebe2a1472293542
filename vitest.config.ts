import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { configDefaults, defineConfig } from 'vitest/config';

/** The longest files first, so that no worker ends up alone with one: runs that kill processes, then real servers, then the rest. */
const LONGEST_FIRST = [
  /golden\.integration/,
  /end-to-end\/faults\//,
  /\.integration\.test/,
  /recipes\.test|property|oracle|crash|batch/,
];
const rankOf = (file: string): number => {
  const found = LONGEST_FIRST.findIndex((pattern) => pattern.test(file));
  return found < 0 ? LONGEST_FIRST.length : found;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Those that share a process one after the other: it ends as soon as another kind comes between.
    const isShared = ({ project }: TestSpecification): number => Number(!project.config.isolate);
    return sorted.toSorted((a, b) => isShared(a) - isShared(b) || rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}

const INTEGRATION = ['**/*.integration.test.ts'];
/** Other tests that want a process of their own each: native models, what builds or runs a copy of the sources, steps that are timed (a heap that others filled makes them many times longer). */
const ALONE = [
  'models/**/*.test.ts',
  'engine/adapters/scoring/**/*.test.ts',
  'engine/testing/recipes/*.test.ts',
  'bench/**/*.test.ts',
  'operators/events/long-steps.test.ts',
];
const NEVER = [...configDefaults.exclude, 'dist/**', 'dist-bench/**', '.earshot/**'];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Integration tests start real servers and browsers, and wait half of their time: two cores bear three files at a time.
    maxWorkers: 3,
    // On CI's shared machine a timing may slip; the report names each test that needed another try.
    retry: process.env['CI'] === undefined ? 0 : 2,
    projects: [
      { extends: true, test: { name: 'integration', include: INTEGRATION, exclude: NEVER, ...patience() } },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: [...NEVER, ...INTEGRATION], ...patience() } },
      {
        extends: true,
        // What a process has loaded serves all its files: each would spend half a second on it. No file may rely on being first.
        test: {
          name: 'shared',
          include: ['**/*.test.ts'],
          exclude: [...NEVER, ...INTEGRATION, ...ALONE],
          isolate: false,
          ...patience(),
        },
      },
    ],
  },
});

/** A test that demands haste measures it; these only end what hangs, on machines many times slower than a desk's. */
function patience() {
  return { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 120_000 } } };
}
