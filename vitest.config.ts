import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Each file in a process of its own; two at once, as the machines have cores.
    pool: "forks",
    maxWorkers: 2,
    // No test sleeps; real servers and other processes take their time on a busy machine.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    teardownTimeout: 20_000,
    restoreMocks: true,
    // The JSON is what .ci/run counts.
    reporters: ["default", ["json", { outputFile: "test-results/vitest.json" }]],
  },
});
