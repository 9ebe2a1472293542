import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', '.earshot/**'],
    // Integration tests start real servers and browsers: two cores bear two files at a time.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // On CI's shared machine a timing may slip once; the report names each test that needed its second try.
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
