import { defineConfig } from 'vitest/config';

const soak = process.env['SOAK'] === '1';

export default defineConfig({
  test: {
    include: soak ? ['test/**/*.soak.ts'] : ['test/**/*.test.ts', 'test/**/*.e2e.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: soak ? 0 : 60_000,
  },
});
