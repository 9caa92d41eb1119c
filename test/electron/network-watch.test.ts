import { beforeEach, expect, test } from "vitest";
import type { Call } from "../../core/api/contract.ts";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import { type NetworkWatch, watchNetwork } from "../../electron/network-watch.ts";
import { FakeClock } from "../support/fake-clock.ts";

let clock: FakeClock;
let online: boolean;
let status: Pick<GatewayStatus, "state" | "nextCheckAt">;
let called: string[];
let watch: NetworkWatch;

const call = (async (name: string) => {
  if (name !== "status") called.push(name);
  return { ok: status };
}) as unknown as Call;

beforeEach(() => {
  clock = new FakeClock();
  online = true;
  status = { state: "idle", nextCheckAt: 1 };
  called = [];
  watch = watchNetwork({ call }, () => online, clock);
});

const later = async (): Promise<void> => {
  await clock.advance(10_000);
  await new Promise(setImmediate);
};

test("nothing as long as there is a network", async () => {
  await later();
  await later();
  expect(called).toEqual([]);
});

test("a check when the network is back, once", async () => {
  online = false;
  await later();
  await later();
  online = true;
  await later();
  await later();
  expect(called).toEqual(["check"]);
});

test("sleep stops the run; a check follows when there is a network again", async () => {
  watch.sleeps();
  expect(called).toEqual(["stop"]);
  online = false;
  await later();
  expect(called).toEqual(["stop"]);
  online = true;
  await later();
  expect(called).toEqual(["stop", "check"]);
});

test.each<[string, typeof status]>([
  ["paused", { state: "paused", nextCheckAt: 1 }],
  ["at work already", { state: "checking", nextCheckAt: 1 }],
  ["without planned checks", { state: "idle", nextCheckAt: null }],
])("no check of its own when the gateway is %s", async (_what, now) => {
  status = now;
  watch.sleeps();
  await later();
  expect(called).toEqual(["stop"]);
});

test("needs attention, so it is tried", async () => {
  status = { state: "attention", nextCheckAt: 1 };
  watch.sleeps();
  await later();
  expect(called).toEqual(["stop", "check"]);
});
