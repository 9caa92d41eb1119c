/** The guard where the disk, or one file, is in its way. Everything else is in test/end-to-end/guard.test.ts. */
import { beforeEach, expect, it } from "vitest";
import { Guard, type GuardParts } from "../../core/gateway/guard.ts";
import { newGuard, settingsMark } from "../../core/gateway/stored-guard.ts";
import type { Resolution } from "../../core/model/envelope.ts";
import type { AcceptOrder, AttemptResult, Settlement } from "../../core/model/message.ts";
import { ProblemError } from "../../core/model/problem.ts";
import type { HeldMessage, ReleaseOrder } from "../../core/spool/holds.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const NOW = Date.UTC(2026, 10, 20);
const diskFull = new ProblemError({ code: "disk-full", what: "The disk is full.", cure: "Make room." });
const locked = new ProblemError({ code: "file-locked", what: "The file is locked.", cure: "Wait." });
const lists = { aliases: {}, users: null };
const before = sampleSettings({ domains: { primary: "example.com", virtualAlias: "mispelt.test" } });
const after = sampleSettings();

const resolution: Resolution = {
  kind: "addressed",
  sender: "a@outside.test",
  recipients: [{ address: "ada@example.com", role: "addressed", duplicatesChecked: false }],
  trail: [],
};

let notes: Map<string, unknown>;
let held: readonly HeldMessage[];
let released: number[];
let said: string[];
let settings: typeof before;
let unreadable: string | null;
let isFull: boolean;
/** This message is on its way as a trial. */
let tryOut: (id: number) => void;

beforeEach(() => {
  held = [1, 2, 3].map(heldMessage);
  released = [];
  said = [];
  settings = before;
  unreadable = null;
  isFull = false;
  const stored = newGuard(settingsMark(before, lists));
  const store = (tried: number): void => {
    const hold = { since: NOW, steps: 0, nextAt: NOW + 60_000, tried, trying: tried !== 0 };
    const domains = { "mispelt.test": { refused: [], suspect: false, hold, accepted: [] } };
    notes = new Map([["guard", { ...stored, state: { ...stored.state, domains } }]]);
  };
  store(0);
  tryOut = store;
});

function heldMessage(id: number): HeldMessage {
  const address = "ada@mispelt.test";
  const state = { kind: "held", since: NOW, reason: "guard", failure: null } as const;
  return {
    id,
    queueId: `Q${id}`,
    kind: "mail",
    accountId: "main",
    path: `${id}.eml`,
    size: 100,
    recipients: [{ id, address, role: "addressed", state, tries: 1, unknownTries: 0 }],
    found: "addressed",
  };
}

function open(): Guard {
  const parts = {
    clock: new FakeClock(NOW),
    log: ({ text }: { readonly text: string }) => said.push(text),
    raiseAlert: () => undefined,
    spool: {
      holds: {
        held: (afterId: number) => ({ messages: held.filter(({ id }) => id > afterId), next: null }),
        holdDomain: async () => ({ held: 0, back: [] }),
        release: async ({ id }: ReleaseOrder) => {
          if (isFull) throw diskFull;
          released.push(id);
          held = held.filter((message) => message.id !== id);
          return "released";
        },
      },
      notes: {
        read: (name: string) => notes.get(name) ?? null,
        write: async (name: string, value: unknown) => void notes.set(name, structuredClone(value)),
      },
      readHeader: async (path: string) => {
        if (path === unreadable) throw locked;
        return Buffer.from("To: ada@example.com\r\n");
      },
    },
    settings: () => settings,
    lists: () => lists,
    isRelayDenied: () => false,
    resolve: () => resolution,
    kick: () => undefined,
    onJunked: () => undefined,
    onBack: () => undefined,
  };
  return new Guard(parts as unknown as GuardParts);
}

it("a full disk while held mail is resolved by changed settings: told, and done by the next run", async () => {
  const guard = open();
  settings = after;
  isFull = true;
  await guard.settingsChanged();
  expect([released, said]).toEqual([[], ["The disk is full. Make room."]]);
  isFull = false;
  await guard.step(false, false);
  expect(released).toEqual([1, 2, 3]);
});

it("a process that ends while held mail is resolved by changed settings: the next one does it", async () => {
  settings = after;
  isFull = true;
  await open().settingsChanged();
  isFull = false;
  await open().step(false, false);
  expect(released).toEqual([1, 2, 3]);
});

it("resolves held mail by changed settings once", async () => {
  const guard = open();
  settings = after;
  await guard.settingsChanged();
  held = [heldMessage(4)];
  await guard.settingsChanged();
  await open().step(false, false);
  expect(released).toEqual([1, 2, 3]);
});

it("a held message whose file cannot be read stops none of the others, and is looked at again", async () => {
  const guard = open();
  settings = after;
  unreadable = "1.eml";
  await guard.settingsChanged();
  expect([released, said]).toEqual([[2, 3], ["The file is locked. Wait."]]);
  unreadable = null;
  await guard.step(false, false);
  expect(released).toEqual([2, 3, 1]);
});

it("a message that was on its way as a trial when the settings changed is resolved when it is held again", async () => {
  tryOut(2);
  const [one, onTrial, three] = held;
  if (one === undefined || onTrial === undefined || three === undefined) throw new Error("three messages");
  held = [one, three];
  const guard = open();
  settings = after;
  await guard.settingsChanged();
  await guard.settled(refused(onTrial), { disposition: { kind: "stay" } } as Settlement);
  held = [onTrial];
  await guard.step(false, false);
  await guard.step(false, false);
  expect(released).toEqual([1, 3, 2]);
});

it("a message that was held on its way while the guard let go of its domain goes on", async () => {
  const guard = open();
  const order = { kind: "mail", source: { accountId: "main" }, resolution, held: ["ada@mispelt.test"] };
  const accepted = { kind: "queued", id: 4, queueId: "Q4", recipients: 1 } as const;
  await guard.taken(accepted, order as unknown as AcceptOrder);
  expect(released).toEqual([]);
  await guard.lift({ kind: "domain", domain: "mispelt.test" });
  expect(released).toEqual([1, 2, 3]);
  held = [heldMessage(4)];
  await guard.taken(accepted, order as unknown as AcceptOrder);
  expect(released).toEqual([1, 2, 3, 4]);
});

/** As the server answered the trial. */
function refused({ id, recipients }: HeldMessage): AttemptResult {
  const reply = { code: 550, enhanced: null, text: "No such domain" };
  const failure = { scope: "recipient", permanent: true, phase: "rcpt", reply, problem: null };
  return {
    message: { id, kind: "mail", recipients },
    endedAt: NOW,
    recipients: recipients.map((recipient) => ({
      recipient,
      outcome: { kind: "refused", failure },
      next: recipient.state,
    })),
  } as unknown as AttemptResult;
}
