import { expect, test } from "vitest";
import { createDispatch } from "../../core/api/commands.ts";
import { commandInputs } from "../../core/api/contract.ts";
import { openGatewayHost } from "../../core/api/gateway-host.ts";
import type { GatewayEvent } from "../../core/model/event.ts";
import type { OpenedSetUp } from "../../core/model/gateway-host.ts";
import { type Problem, ProblemError } from "../../core/model/problem.ts";
import type { Settings } from "../../core/model/settings.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type FakeGateway, fakeFacts, fakeGateway } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";

const problem = (code: string): Problem => ({ code, what: "What.", cure: "Cure." });
const progress = (delivered: number): GatewayEvent => ({
  kind: "progress",
  totals: { ...fakeTotals, delivered },
});
const fakeTotals = fakeGateway(sampleSettings()).status().today;

interface World {
  /** On the disk. */
  settings: Settings | null;
  /** What opening the gateway meets, in this order; then it opens. */
  readonly trouble: Problem[];
  /** Somebody else saves some just before the lock is taken. */
  readonly meanwhile?: Settings;
}

/** A data folder of the test's own, and what was done to it. */
async function setUp(world: World) {
  const done: string[] = [];
  const gateways: FakeGateway[] = [];
  const listeners = new Set<(event: GatewayEvent) => void>();
  const subscribe = (listener: (event: GatewayEvent) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const secrets = fakeSecrets();
  const host = await openGatewayHost({
    facts: fakeFacts,
    options: { dataDirectory: "/data", secrets, clock: new FakeClock(), version: "1.2.3" },
    async openGateway() {
      const trouble = world.trouble.shift();
      if (trouble !== undefined) throw new ProblemError(trouble);
      if (world.settings === null) throw new ProblemError(problem("settings-missing"));
      done.push("gateway");
      const gateway = fakeGateway(world.settings, { subscribe });
      gateways.push(gateway);
      return gateway;
    },
    async openSetUp(): Promise<OpenedSetUp> {
      done.push("set-up");
      world.settings ??= world.meanwhile ?? null;
      return {
        ...fakeGateway(sampleSettings()),
        settingsPresent: world.settings !== null,
        subscribe,
        async save(settings) {
          done.push("save");
          world.settings = settings;
        },
        async close() {
          done.push("release");
        },
      };
    },
  });
  const faults: unknown[] = [];
  const dispatch = createDispatch({ host, secrets, onFault: (error) => faults.push(error) });
  return { host, dispatch, done, gateways, listeners, faults };
}

const first = { text: JSON.stringify(settingsInput()), revision: null };

test("with settings it is ready, and nothing is set up", async () => {
  const { host, dispatch, done, gateways } = await setUp({ settings: sampleSettings(), trouble: [] });
  expect(await dispatch("hello", {})).toMatchObject({ ok: { state: "ready" } });
  expect(await dispatch("save-settings", first)).toEqual({ ok: { kind: "changed-elsewhere" } });
  host.startSchedule();
  await host.close();
  await host.close();
  expect([done, gateways[0]?.scheduled, gateways[0]?.closed]).toEqual([["gateway"], 1, 1]);
});

test("trouble other than missing settings is passed on", async () => {
  const opening = setUp({ settings: null, trouble: [problem("settings-invalid")] });
  await expect(opening).rejects.toMatchObject({ problem: { code: "settings-invalid" } });
});

test("settings that came between the look and the lock: no set-up", async () => {
  const { host, done } = await setUp({ settings: null, trouble: [], meanwhile: sampleSettings() });
  expect([host.current().kind, done]).toEqual(["ready", ["set-up", "release", "gateway"]]);
});

const inSetUp: Readonly<Record<string, unknown>> = {
  hello: {},
  "test-account": { settings: first.text, account: "main" },
  "test-server": { settings: first.text, server: "smtp" },
  "look-up": { host: "pop.example.net" },
  explain: { answer: "550 no" },
};
const needing: Readonly<Record<string, unknown>> = {
  pause: { paused: true },
  folder: { folder: "Errors" },
  "folder-ids": { folder: "Errors" },
  "message-piece": { queueId: "A1" },
  headers: { account: "main" },
  "adopt-headers": {
    account: "main",
    adopt: { custom: null, trustedReceivedLines: null, mailboxAddresses: null },
  },
  resolve: { text: "To: a" },
  "import-list": { list: "users", text: "" },
  "export-list": { list: "users" },
  act: { action: "delete", messages: ["A1"] },
  "send-anyway": { kind: "postmaster" },
  "locate-message": { queueId: "A1" },
  "history-message": { id: 1 },
  "forget-history": { ids: [1] },
  "acknowledge-junk": { ids: "all" },
};
/** Both end the set-up. */
const saving = ["save-settings", "import-settings"];

test.each(Object.keys(commandInputs).filter((name) => !saving.includes(name)))(
  "before there are settings: %s",
  async (name) => {
    const { dispatch, faults } = await setUp({ settings: null, trouble: [] });
    const answer = await dispatch(name, inSetUp[name] ?? needing[name] ?? {});
    if (name in inSetUp) expect(answer).toHaveProperty("ok");
    else expect(answer).toMatchObject({ error: { code: "set-up-needed" } });
    expect(faults).toEqual([]);
  },
);

test("the first settings end the set-up: the same viewers have the gateway, and its schedule runs", async () => {
  const { host, dispatch, done, gateways, listeners } = await setUp({ settings: null, trouble: [] });
  host.startSchedule();
  const heard: GatewayEvent[] = [];
  const left: GatewayEvent[] = [];
  host.subscribe((event) => heard.push(event));
  const leave = host.subscribe((event) => left.push(event));
  for (const hear of listeners) hear(progress(1));
  expect(await dispatch("hello", {})).toMatchObject({ ok: { state: "set-up" } });
  expect(await dispatch("save-settings", { ...first, text: "{" })).toMatchObject({ ok: { kind: "invalid" } });
  const saves = await Promise.all([dispatch("save-settings", first), dispatch("save-settings", first)]);
  expect(saves).toMatchObject([{ ok: { kind: "saved" } }, { ok: { kind: "changed-elsewhere" } }]);
  expect(done).toEqual(["set-up", "save", "release", "gateway"]);
  expect(gateways[0]?.settings().accounts[0]?.password).toEqual({ scheme: "fake-1", value: "sealed:terc3s" });
  expect(await dispatch("hello", {})).toMatchObject({ ok: { state: "ready" } });
  expect(await dispatch("status", {})).toHaveProperty("ok");
  leave();
  for (const hear of listeners) hear(progress(2));
  expect([heard, left]).toEqual([[progress(1), progress(2)], [progress(1)]]);
  await host.close();
  expect([gateways[0]?.scheduled, gateways[0]?.closed]).toEqual([1, 1]);
});

test("imported settings end it as well", async () => {
  const { dispatch } = await setUp({ settings: null, trouble: [] });
  expect(await dispatch("import-settings", { text: first.text })).toEqual({ ok: { accounts: 1 } });
  expect(await dispatch("hello", {})).toMatchObject({ ok: { state: "ready" } });
});

test("a gateway that cannot be opened: told, and the next save tries again", async () => {
  const world: World = { settings: null, trouble: [problem("settings-missing"), problem("disk-full")] };
  const { host, dispatch, done } = await setUp(world);
  expect(await dispatch("save-settings", first)).toEqual({ error: problem("disk-full") });
  expect(host.current().kind).toBe("set-up");
  expect(await dispatch("save-settings", first)).toMatchObject({ ok: { kind: "saved" } });
  expect(done).toEqual(["set-up", "save", "release", "set-up", "save", "release", "gateway"]);
});

test("closed without settings: the folder is given back, and nothing is saved any more", async () => {
  const { host, dispatch, done } = await setUp({ settings: null, trouble: [] });
  await host.close();
  expect(await dispatch("save-settings", first)).toMatchObject({ error: { code: "set-up-finished" } });
  expect(done).toEqual(["set-up", "release"]);
});
