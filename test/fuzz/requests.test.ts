/**
 * What people and viewers send: settings to import, arguments of commands, messages of a page. Nothing throws, nothing
 * that is wrong passes, and no password is ever given back.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDispatch } from "../../core/api/commands.ts";
import { commandInputs, STREAMS } from "../../core/api/contract.ts";
import { createStreams } from "../../core/api/streams.ts";
import { createViewerSession } from "../../core/api/viewer-session.ts";
import { exportSettings } from "../../core/settings/export-settings.ts";
import { importSettings } from "../../core/settings/import-settings.ts";
import { createEventSource } from "../support/event-source.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeGateway, fakeHost } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";
import { fuzz, fuzzLater, PATIENCE, soup } from "./fuzz.ts";

const PASSWORD = "pa55-w0rd-of-mine";
const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "id", "host", "accounts"];

/** Any JSON, with names that mean something to an object. */
const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 53,
      1e308,
      Number.NaN,
      "",
      "a",
      "\0",
      "x".repeat(2_000),
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 })), tie("value"), {
      maxKeys: 5,
    }),
  ),
})).value;

/** Good settings with one thing in them replaced, taken out or added. */
const spoilt = fc
  .tuple(fc.nat(), json, fc.constantFrom("replace", "remove", "add"))
  .map(([at, value, how]) => {
    const settings = settingsInput({
      accounts: [{ id: "main", host: "pop.example.net", username: "office", password: PASSWORD }],
      headers: { custom: ["X-My-To"] },
      retry: {},
      control: {},
      aliases: { "a@example.com": "b@example.com" },
    });
    const places: [Record<string, unknown>, string][] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      for (const key of Object.keys(node)) {
        places.push([node as Record<string, unknown>, key]);
        walk((node as Record<string, unknown>)[key]);
      }
    };
    walk(settings);
    const [parent, key] = places[at % places.length] ?? [settings, "accounts"];
    if (how === "remove") delete parent[key];
    else Object.defineProperty(parent, how === "add" ? "surplus" : key, { value, enumerable: true });
    return JSON.stringify(settings);
  });

test("settings: any text, any JSON, good settings with something wrong", PATIENCE, () => {
  const secrets = fakeSecrets();
  const text = soup([
    '{"',
    '":',
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "\\u0000",
    "1e999",
    "null",
    "accounts",
    "//",
    "\ufeff",
  ]);
  const anything = fc.oneof(
    text,
    json.map((value) => JSON.stringify(value) ?? ""),
    spoilt,
  );
  fuzz(4_000, anything, (content) => {
    const result = importSettings(content, secrets, null);
    expect({}).not.toHaveProperty("surplus");
    if (result.kind === "invalid") {
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { path, message } of result.problems) {
        expect([typeof path, message === ""]).toEqual(["string", false]);
        expect(path + message).not.toContain(PASSWORD);
      }
      return;
    }
    const stored = JSON.stringify(result.settings);
    expect(stored).not.toContain(PASSWORD);
    // What was taken is taken again, and is the same.
    expect(importSettings(stored, secrets, result.settings)).toEqual(result);
    expect(JSON.stringify(exportSettings(result.settings, null))).not.toContain("sealed:");
  });
});

test("arguments of every command", PATIENCE, async () => {
  const names = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...Object.keys(commandInputs)) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
  );
  const input = fc.oneof(
    json,
    fc.record(
      {
        id: fc.oneof(fc.integer(), json),
        ids: fc.array(fc.oneof(fc.nat(), json), { maxLength: 3 }),
        folder: fc.constantFrom("Inbox", "Errors", "../Errors", "", "\0"),
        limit: fc.oneof(fc.integer(), fc.double()),
        text: fc.string({ unit: "binary" }),
        account: fc.constantFrom("main", "../../etc/passwd", "__proto__"),
      },
      { requiredKeys: [] },
    ),
  );
  const secrets = fakeSecrets();
  await fuzzLater(4_000, fc.tuple(names, input), async ([name, given]) => {
    const faults: unknown[] = [];
    const host = fakeHost(fakeGateway(sampleSettings()));
    const dispatch = createDispatch({ host, secrets, onFault: (error) => void faults.push(error) });
    const result = await dispatch(name, given);
    // What passed, and the fake has no answer for, was carried out.
    expect(faults.filter((fault) => (fault as Error).message !== "no such answer")).toEqual([]);
    const keys = Object.keys(result);
    expect(keys.length === 1 && (keys[0] === "ok" || keys[0] === "error")).toBe(true);
    if ("error" in result) {
      expect([result.error.code, result.error.what, result.error.cure]).not.toContain("");
      expect(result.error.what.length + result.error.cure.length).toBeLessThan(20_000);
    }
  });
});

test(
  "messages of a viewer: answered, or the end of the session; never more held than is allowed",
  PATIENCE,
  () => {
    const message = fc.oneof(
      json,
      fc.record(
        {
          id: fc.oneof(fc.nat({ max: 5 }), json),
          call: fc.oneof(fc.constantFrom("hello", "status", ...NAMES), json),
          input: json,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          subscription: fc.nat({ max: 5 }),
          subscribe: fc.oneof(fc.constantFrom<string>(...STREAMS), json),
          after: fc.oneof(json, fc.record({ epoch: fc.string(), sequence: fc.nat() })),
        },
        { requiredKeys: ["subscription", "subscribe"] },
      ),
      fc.record({ unsubscribe: fc.nat({ max: 5 }) }),
    );
    fuzz(3_000, fc.array(message, { maxLength: 12 }), (messages) => {
      const clock = new FakeClock();
      const streams = createStreams({ clock });
      streams.follow(createEventSource());
      const ended: string[] = [];
      let sent = 0;
      const session = createViewerSession({
        dispatch: () => new Promise(() => {}),
        streams,
        clock,
        send: () => {
          sent += 1;
        },
        ready: () => false,
        onEnd: (reason) => void ended.push(reason),
      });
      for (const one of messages) session.receive(one);
      session.close();
      session.drained();
      expect([ended.length <= 1, sent, clock.pending]).toEqual([true, 0, 0]);
    });
  },
);
