import { expect, test } from "vitest";
import { Running } from "../../core/util/running.ts";

test("waits for all that has begun, what failed and what began meanwhile too", async () => {
  const running = new Running();
  const ended: string[] = [];
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const failed = expect(running.track(first.promise)).rejects.toThrow("no");
  const waiting = running.ended().then(() => ended.push("all"));
  const late = running.track(second.promise).then(() => ended.push("second"));
  first.reject(new Error("no"));
  await failed;
  expect(ended).toEqual([]);
  second.resolve("yes");
  await Promise.all([waiting, late]);
  expect(ended).toEqual(["second", "all"]);
  await running.ended();
});
