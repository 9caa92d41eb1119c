import { expect, test } from "vitest";
import { createDispatch } from "../../core/api/commands.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { fakeGateway, fakeHost, goodRun, idleStatus } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";

function setUp(answers: Parameters<typeof fakeGateway>[1] = {}) {
  const faults: unknown[] = [];
  const gateway = fakeGateway(sampleSettings(), answers);
  const dispatch = createDispatch({
    host: fakeHost(gateway),
    secrets: fakeSecrets(),
    onFault: (error) => faults.push(error),
  });
  return { dispatch, gateway, faults };
}

test("commands reach the gateway with what was asked for, and nothing else", async () => {
  const { dispatch, gateway } = setUp();
  expect(await dispatch("check", {})).toEqual({ ok: goodRun });
  expect(await dispatch("check", { accounts: ["main"], sendNow: true })).toEqual({ ok: goodRun });
  expect(gateway.orders).toEqual([{}, { accounts: ["main"], sendNow: true }]);
  expect(await dispatch("status", {})).toEqual({ ok: idleStatus });
  expect(await dispatch("queue", {})).toEqual({ ok: [] });
  expect(await dispatch("diagnose", {})).toEqual({ ok: { checks: [] } });
});

test.each([
  ["frob", {}, "command-unknown"],
  ["constructor", {}, "command-unknown"],
  ["__proto__", {}, "command-unknown"],
  ["check", null, "request-invalid"],
  ["check", "main", "request-invalid"],
  ["check", { accounts: "main" }, "request-invalid"],
  ["check", { acounts: ["main"] }, "request-invalid"],
  ["check", { accounts: ["nobody"] }, "settings-account-unknown"],
  ["queue", { folder: "../etc" }, "request-invalid"],
  ["queue", { limit: 1e9 }, "request-invalid"],
  ["import-settings", { text: "{" }, "settings-import-invalid"],
])("%s %j is refused as %s", async (name, input, code) => {
  const { dispatch, gateway, faults } = setUp();
  expect(await dispatch(name, input)).toMatchObject({ error: { code } });
  expect([gateway.orders, gateway.saved, faults]).toEqual([[], [], []]);
});

test("expected trouble comes back as it is, a bug without details", async () => {
  const problem = { code: "disk-full", what: "The disk is full.", cure: "Make room." };
  const bug = new TypeError("secret internals");
  const { dispatch, faults } = setUp({
    check: () => Promise.reject(new ProblemError(problem)),
    status() {
      throw bug;
    },
  });
  expect(await dispatch("check", {})).toEqual({ error: problem });
  const answer = await dispatch("status", {});
  expect(answer).toMatchObject({ error: { code: "program-fault" } });
  expect(JSON.stringify(answer)).not.toContain("secret");
  expect(faults).toEqual([bug]);
});

test("imported settings are saved sealed; exported ones hold no secret", async () => {
  const { dispatch, gateway } = setUp();
  const text = JSON.stringify(settingsInput());
  expect(await dispatch("import-settings", { text })).toEqual({ ok: { accounts: 1 } });
  expect(gateway.saved[0]?.accounts[0]?.password).toEqual({ scheme: "fake-1", value: "sealed:terc3s" });
  const exported = JSON.stringify(await dispatch("export-settings", {}));
  expect(exported).not.toMatch(/s3cret|terc3s/);
});
