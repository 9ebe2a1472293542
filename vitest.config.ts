import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'dist-bench/**', '.earshot/**'],
    // Integration tests start real servers and browsers: two cores bear two files at a time.
    maxWorkers: 2,
    // A test that demands haste measures it; this only ends what hangs, on machines many times slower than a desk's.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // On CI's shared machine a timing may slip once; the report names each test that needed its second try.
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
