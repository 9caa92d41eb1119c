/** Every command of the contract, through dispatch: what it gives for good input, and that bad input changes nothing. */
import { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDispatch } from "../../core/api/commands.ts";
import { CONTRACT_VERSION, type CommandName, commandInputs } from "../../core/api/contract.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import { ProblemError } from "../../core/model/problem.ts";
import type { Settings } from "../../core/model/settings.ts";
import type { ConnectionTest } from "../../core/model/trials.ts";
import { settingsRevision } from "../../core/settings/revision.ts";
import { fakeFacts, fakeGateway, fakeHost, goodRun, idleStatus } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const secrets = fakeSecrets();
const sealed = sampleSettings({
  accounts: [{ id: "main", host: "pop.example.net", username: "office", password: secrets.seal("s3cret") }],
});
const stored = { scheme: "stored", value: "" };
const form = settingsInput({
  accounts: [{ id: "main", host: "pop.example.net", username: "office", password: stored }],
});
const text = JSON.stringify(form);
const revision = settingsRevision(sealed);
const window = { words: "offer", sort: "size", descending: false, offset: 5, limit: 7 } as const;
const account = { id: "new", host: "192.0.2.1", username: "u", password: "p" };
const tested: ConnectionTest = {
  checks: [
    {
      id: "account:new/login",
      subject: "",
      title: "",
      verdict: "fail",
      cause: "",
      cure: "",
      place: "accounts[0].password",
    },
    { id: "account:new/name", subject: "", title: "", verdict: "pass", cause: "", cure: "", place: null },
  ],
  tls: null,
  mailbox: null,
};

/** A gateway that notes what it is asked for. */
function setUp(settings: Settings = sealed) {
  const asked: unknown[] = [];
  const faults: unknown[] = [];
  const note =
    <Result>(name: string, result: Result) =>
    (...input: readonly unknown[]): Result => {
      // `signal` and `undefined` are not part of what was asked.
      asked.push([name, ...input.filter((each) => each !== undefined && !(each instanceof AbortSignal))]);
      return result;
    };
  const later =
    <Result>(name: string, result: Result) =>
    async (...input: readonly unknown[]): Promise<Result> =>
      note(name, result)(...input);
  const answers: Partial<Gateway> = {
    stop: note("stop", true),
    pause: note("pause", undefined),
    recentLog: note("log", []),
    recentAlerts: note("alerts", []),
    listFolder: later("folder", { total: 0, rows: [] }),
    listFolderIds: later("folder-ids", ["A1"]),
    queue: note("queue", []),
    headers: later("headers", { messages: 3 } as never),
    adoptHeaders: later("adopt", undefined),
    resolve: note("resolve", { accountId: null } as never),
    importList: later("import-list", { entries: 2 }),
    exportList: note("export-list", "a: b"),
    act: later("act", []),
    locateMessage: note("locate", { queueId: "A1", path: "/data/a.eml", size: 1 }),
    sendAnyway: later("send-anyway", undefined),
    history: later("history", { rows: [], next: null }),
    historyMessage: later("history-message", null),
    forgetHistory: later("forget", { erased: 1, kept: [] }),
    acknowledgeJunk: later("acknowledge", 4),
    confirmClock: later("confirm", undefined),
    trials: {
      testAccount: later("test-account", tested),
      testServer: later("test-server", tested),
      lookUp: later("look-up", { host: "x", addresses: [] }),
      findHeaders: later("find-headers", { messages: 5 } as never),
    },
  };
  const gateway = fakeGateway(settings, answers);
  const dispatch = createDispatch({
    host: fakeHost(gateway),
    secrets,
    onFault: (error) => faults.push(error),
  });
  return { dispatch, gateway, asked, faults };
}

/** What it is asked with, what it answers, and what the gateway is asked for; null: nothing. */
type Good = readonly [input: unknown, value: unknown, asked: unknown];

const good: Readonly<Record<CommandName, readonly Good[]>> = {
  hello: [[{}, { ...fakeFacts, contract: CONTRACT_VERSION, state: "ready" }, null]],
  settings: [[{}, { settings: sampleSettings({ accounts: form["accounts"] }), revision }, null]],
  "save-settings": [
    [{ text, revision }, { kind: "saved", revision }, null],
    [{ text, revision: null }, { kind: "changed-elsewhere" }, null],
    [{ text, revision: "other" }, { kind: "changed-elsewhere" }, null],
    [
      { text: JSON.stringify({ ...form, smtp: { host: "" }, retry: { expireDays: 0 } }), revision },
      {
        kind: "invalid",
        problems: [
          { path: "smtp.host", message: expect.any(String) },
          { path: "retry.expireDays", message: "must be at least 1" },
        ],
      },
      null,
    ],
  ],
  "test-account": [
    [
      { settings: JSON.stringify({ accounts: [{ id: "half" }, account] }), account: "new" },
      { ...tested, checks: [{ ...tested.checks[0], place: "accounts[1].password" }, tested.checks[1]] },
      ["test-account", expect.objectContaining(account)],
    ],
  ],
  "test-server": [
    [
      { settings: text, server: "smtp" },
      tested,
      [
        "test-server",
        expect.objectContaining({ host: "192.0.2.10" }),
        expect.objectContaining({ version: 1 }),
      ],
    ],
    [
      {
        settings: JSON.stringify({ ...form, smtp: { host: "a", fallback: { host: "b" } }, postmaster: {} }),
        server: "fallback",
      },
      tested,
      ["test-server", expect.objectContaining({ host: "b" }), expect.objectContaining({ version: 1 })],
    ],
  ],
  "look-up": [[{ host: "pop.example.net" }, { host: "x", addresses: [] }, ["look-up", "pop.example.net"]]],
  explain: [
    [
      { answer: "550 5.1.1 User unknown" },
      expect.objectContaining({ category: "unknown-user", permanent: true }),
      null,
    ],
  ],
  stop: [[{}, { stopped: true }, ["stop"]]],
  pause: [[{ paused: true }, null, ["pause", true]]],
  log: [
    [{}, [], ["log", 500]],
    [{ limit: 3 }, [], ["log", 3]],
  ],
  alerts: [[{}, [], ["alerts"]]],
  activity: [[{}, expect.objectContaining({ hours: [] }), null]],
  folder: [
    [
      { folder: "Errors" },
      { total: 0, rows: [] },
      ["folder", { folder: "Errors", sort: "received", descending: true, offset: 0, limit: 100 }],
    ],
    [{ folder: "Junk", ...window }, { total: 0, rows: [] }, ["folder", { folder: "Junk", ...window }]],
  ],
  "folder-ids": [
    [
      { folder: "Errors", words: "x" },
      { queueIds: ["A1"] },
      ["folder-ids", { folder: "Errors", words: "x", sort: "received", descending: true }],
    ],
  ],
  // With a file of its own, below.
  "message-piece": [],
  check: [
    [{}, goodRun, null],
    [{ accounts: ["main"], sendNow: true }, goodRun, null],
  ],
  status: [[{}, idleStatus, null]],
  queue: [
    // A little at a time.
    [{}, [], ["queue", { folder: "Inbox", after: 0, limit: 25 }]],
    [{ folder: "Junk", after: 3, limit: 5 }, [], ["queue", { folder: "Junk", after: 3, limit: 5 }]],
  ],
  diagnose: [[{}, { checks: [] }, null]],
  headers: [
    [{ account: "main", count: 9 }, { messages: 3 }, ["headers", { account: "main", count: 9 }]],
    [
      {
        account: "new",
        count: 9,
        settings: JSON.stringify({ accounts: [account], domains: { primary: "x.example" } }),
      },
      { messages: 5 },
      ["find-headers", expect.objectContaining({ version: 1 }), "new", { count: 9 }],
    ],
  ],
  "adopt-headers": [
    [
      { account: "main", adopt: { custom: ["X-To"], trustedReceivedLines: null, mailboxAddresses: null } },
      null,
      ["adopt", "main", { custom: ["X-To"], trustedReceivedLines: null, mailboxAddresses: null }],
    ],
  ],
  resolve: [
    [{ text: "To: a" }, { accountId: null }, ["resolve", { header: Buffer.from("To: a") }]],
    [
      { text: "To: a", account: "main", settings: text },
      { accountId: null },
      [
        "resolve",
        expect.objectContaining({ account: "main", settings: expect.objectContaining({ version: 1 }) }),
      ],
    ],
  ],
  lists: [[{}, [], null]],
  "import-list": [
    [
      { list: "users", text: "a", shorter: true },
      { entries: 2 },
      ["import-list", { list: "users", content: Buffer.from("a"), shorter: true }],
    ],
  ],
  "export-list": [[{ list: "aliases" }, { text: "a: b" }, ["export-list", "aliases"]]],
  act: [[{ action: "delete", messages: ["A1"] }, [], ["act", { action: "delete", messages: ["A1"] }]]],
  "send-anyway": [[{ kind: "postmaster" }, null, ["send-anyway", { kind: "postmaster" }]]],
  "locate-message": [[{ queueId: "A1" }, { queueId: "A1", path: "/data/a.eml", size: 1 }, ["locate", "A1"]]],
  history: [[{ words: "x" }, { rows: [], next: null }, ["history", { words: "x", limit: 50 }]]],
  "history-message": [[{ queueId: "A1" }, null, ["history-message", { queueId: "A1" }]]],
  "forget-history": [[{ ids: [1] }, { erased: 1, kept: [] }, ["forget", [1]]]],
  "acknowledge-junk": [[{ ids: "all" }, { acknowledged: 4 }, ["acknowledge", "all"]]],
  "confirm-clock": [[{}, null, ["confirm"]]],
  "import-settings": [[{ text }, { accounts: 1 }, null]],
  "export-settings": [[{}, sampleSettings({ accounts: form["accounts"] }), null]],
};

const everyGood = Object.entries(good).flatMap(([name, cases]) =>
  cases.map((each) => [name, ...each] as const),
);

test.each(everyGood)("%s %j", async (name, input, value, asked) => {
  const kit = setUp();
  expect(await kit.dispatch(name, input)).toEqual({ ok: value });
  expect(kit.asked).toEqual(asked === null ? [] : [asked]);
  expect(kit.faults).toEqual([]);
});

const unknownMessage = { code: "message-unknown", what: "There is no such message.", cure: "Look." };

/** The last one of each: what the gateway itself finds. */
const bad: Readonly<Record<CommandName, readonly (readonly [input: unknown, code: string])[]>> = {
  hello: [[{ who: "me" }, "request-invalid"]],
  settings: [[{ secrets: true }, "request-invalid"]],
  "save-settings": [
    [{ text }, "request-invalid"],
    [{ text: form, revision }, "request-invalid"],
  ],
  "test-account": [
    [{ settings: "{", account: "main" }, "settings-invalid"],
    [{ settings: text, account: "nobody" }, "settings-account-unknown"],
    [{ settings: JSON.stringify({ accounts: [{ id: "main" }] }), account: "main" }, "settings-invalid"],
  ],
  "test-server": [
    [{ settings: text, server: "imap" }, "request-invalid"],
    [{ settings: text, server: "fallback" }, "settings-server-unknown"],
    [{ settings: JSON.stringify({ ...form, domains: {} }), server: "smtp" }, "settings-invalid"],
    [{ settings: JSON.stringify({ ...form, version: 9 }), server: "smtp" }, "settings-invalid"],
  ],
  "look-up": [[{ host: "" }, "request-invalid"]],
  explain: [[{ answer: "" }, "request-invalid"]],
  stop: [[{ now: true }, "request-invalid"]],
  pause: [[{}, "request-invalid"]],
  log: [[{ limit: 501 }, "request-invalid"]],
  alerts: [[[], "request-invalid"]],
  activity: [[null, "request-invalid"]],
  folder: [
    [{ folder: "../etc" }, "request-invalid"],
    [{ folder: "Errors", sort: "size; DROP TABLE message" }, "request-invalid"],
    [{ folder: "Errors", offset: -1 }, "request-invalid"],
    [{ folder: "Errors", limit: 501 }, "request-invalid"],
  ],
  "folder-ids": [[{ folder: "Errors", limit: 3 }, "request-invalid"]],
  "message-piece": [
    [{ queueId: "A1", length: 0 }, "request-invalid"],
    [{ queueId: "A1", length: 2 ** 21 }, "request-invalid"],
    [{ queueId: "A1", offset: 0.5 }, "request-invalid"],
    [{ queueId: "A1" }, "message-unknown"],
  ],
  check: [[{ accounts: ["nobody"] }, "settings-account-unknown"]],
  status: [["x", "request-invalid"]],
  queue: [[{ limit: 1e9 }, "request-invalid"]],
  diagnose: [[{ all: 1 }, "request-invalid"]],
  headers: [
    [{ account: "main", count: 0 }, "request-invalid"],
    [{ account: "new", settings: JSON.stringify({ accounts: [account] }) }, "settings-invalid"],
    [{ account: "nobody", settings: text }, "settings-account-unknown"],
  ],
  "adopt-headers": [[{ account: "main", adopt: { custom: ["a b"] } }, "request-invalid"]],
  resolve: [[{ text: "", settings: "[]" }, "settings-invalid"]],
  lists: [[{ list: "users" }, "request-invalid"]],
  "import-list": [[{ list: "both", text: "" }, "request-invalid"]],
  "export-list": [[{}, "request-invalid"]],
  act: [[{ action: "explode", messages: ["A1"] }, "request-invalid"]],
  "send-anyway": [[{ kind: "all" }, "request-invalid"]],
  "locate-message": [
    [{}, "request-invalid"],
    [{ queueId: "A1" }, "message-unknown"],
  ],
  history: [[{ limit: 1e6 }, "request-invalid"]],
  "history-message": [[{ id: 1, queueId: "A1" }, "request-invalid"]],
  "forget-history": [[{ ids: [] }, "request-invalid"]],
  "acknowledge-junk": [[{ ids: "some" }, "request-invalid"]],
  "confirm-clock": [[{ really: true }, "request-invalid"]],
  "import-settings": [[{ text: "{" }, "settings-import-invalid"]],
  "export-settings": [[{ secrets: true }, "request-invalid"]],
};

test("there is a case for every command", () => {
  const names = Object.keys(commandInputs).sort();
  expect([Object.keys(good).sort(), Object.keys(bad).sort()]).toEqual([names, names]);
});

const everyBad = Object.entries(bad).flatMap(([name, cases]) =>
  cases.map((each) => [name, ...each] as const),
);

test.each(everyBad)("%s %j is %s", async (name, input, code) => {
  const kit = setUp();
  kit.gateway.locateMessage = () => {
    throw new ProblemError(unknownMessage);
  };
  expect(await kit.dispatch(name, input)).toMatchObject({ error: { code } });
  expect([kit.asked, kit.gateway.saved, kit.gateway.orders, kit.faults]).toEqual([[], [], [], []]);
});

test("saved: sealed, the stored password kept, and the next one has to know of it", async () => {
  const { dispatch, gateway } = setUp();
  const changed = JSON.stringify({ ...form, retry: { expireDays: 4 } });
  const saved = await dispatch("save-settings", { text: changed, revision });
  const next = gateway.saved[0] ?? sealed;
  expect(saved).toEqual({ ok: { kind: "saved", revision: settingsRevision(next) } });
  expect(next.retry.expireDays).toBe(4);
  expect(next.accounts[0]?.password).toEqual(secrets.seal("s3cret"));
  expect(await dispatch("save-settings", { text, revision })).toEqual({ ok: { kind: "changed-elsewhere" } });
  expect(await dispatch("settings", {})).toMatchObject({ ok: { revision: settingsRevision(next) } });
  // For another server there is no stored password.
  const elsewhere = JSON.stringify({
    ...form,
    accounts: [{ id: "main", host: "pop.evil.example", username: "office", password: stored }],
  });
  expect(
    await dispatch("save-settings", { text: elsewhere, revision: settingsRevision(next) }),
  ).toMatchObject({
    ok: { kind: "invalid", problems: [{ path: "accounts[0].password" }] },
  });
  expect(gateway.saved.length).toBe(1);
});

test("of two who save the same settings at once the second one learns of the first", async () => {
  const gate = Promise.withResolvers<void>();
  let inForce = sealed;
  const gateway = fakeGateway(sealed, {
    settings: () => inForce,
    async saveSettings(next) {
      await gate.promise;
      inForce = next;
    },
  });
  const dispatch = createDispatch({ host: fakeHost(gateway), secrets, onFault: () => undefined });
  const save = (expireDays: number) =>
    dispatch("save-settings", { text: JSON.stringify({ ...form, retry: { expireDays } }), revision });
  const both = Promise.all([save(3), save(4)]);
  gate.resolve();
  expect(await both).toMatchObject([{ ok: { kind: "saved" } }, { ok: { kind: "changed-elsewhere" } }]);
  expect(inForce.retry.expireDays).toBe(3);
});

test("a message in pieces, exactly its octets; after a move it is found in its new place", async () => {
  const folder = await temporaryFolder();
  const content = Buffer.from(Array.from({ length: 3_000 }, (_, n) => n % 256));
  const path = join(folder, "message.eml");
  await writeFile(path, content);
  const paths = [join(folder, "old-place.eml")];
  const { dispatch, gateway } = setUp();
  gateway.locateMessage = (queueId) => ({ queueId, size: 1, path: paths.shift() ?? path });
  const piece = async (input: object) => {
    const answer = await dispatch("message-piece", { queueId: "A1", ...input });
    if (!("ok" in answer)) return answer;
    const { content: part, ...rest } = answer.ok as { content: string };
    return { ...rest, content: Buffer.from(part, "base64") };
  };
  expect(await piece({})).toEqual({ size: 3_000, offset: 0, content });
  expect(await piece({ offset: 1_000, length: 7 })).toEqual({
    size: 3_000,
    offset: 1_000,
    content: content.subarray(1_000, 1_007),
  });
  expect(await piece({ offset: 2_999 })).toEqual({
    size: 3_000,
    offset: 2_999,
    content: content.subarray(2_999),
  });
  expect(await piece({ offset: 3_000 })).toEqual({ size: 3_000, offset: 3_000, content: Buffer.alloc(0) });
  expect(await piece({ offset: 9_000 })).toEqual({ size: 3_000, offset: 9_000, content: Buffer.alloc(0) });
  paths.push(join(folder, "a.eml"), join(folder, "b.eml"));
  expect(await piece({})).toMatchObject({ error: { code: "message-gone" } });
});
