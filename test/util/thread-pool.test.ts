import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";

const program = `
  import { widenThreadPool } from ${JSON.stringify(new URL("../../core/util/thread-pool.ts", import.meta.url).href)};
  widenThreadPool();
  const { readdirSync, readFileSync } = await import("node:fs");
  const { stat } = await import("node:fs/promises");
  await Promise.all(Array.from({ length: 40 }, () => stat("/")));
  const names = readdirSync("/proc/self/task").map((id) => readFileSync("/proc/self/task/" + id + "/comm", "utf8").trim());
  console.log(names.filter((name) => name === "libuv-worker").length);
`;

function places(environment: Readonly<Record<string, string>>): number {
  const { UV_THREADPOOL_SIZE: _, ...inherited } = process.env;
  const options = { env: { ...inherited, ...environment }, encoding: "utf8" } as const;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], options));
}

describe.runIf(process.platform === "linux")("the thread pool", () => {
  test("has eight places", () => expect(places({})).toBe(8));

  test("has as many as somebody said", () => expect(places({ UV_THREADPOOL_SIZE: "3" })).toBe(3));
});
