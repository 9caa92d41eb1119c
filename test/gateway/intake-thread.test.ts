/** The second thread as it is, with real files: it has to find out what this thread finds out. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { IntakeThread, ThreadEndedError } from "../../core/gateway/intake-thread.ts";
import { createJudging } from "../../core/gateway/judging.ts";
import type { AddressListsInForce } from "../../core/model/address-lists.ts";
import type { LogLine } from "../../core/model/event.ts";
import { ProblemError } from "../../core/model/problem.ts";
import type { AccountSettings } from "../../core/model/settings.ts";
import { receiveBody } from "../../core/spool/body-file.ts";
import { nodeFileSystem } from "../../core/util/file-system.ts";
import { takeShared } from "../../core/util/shared-blocks.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { contentBytes } from "../support/message-content.ts";
import { makeSample } from "../support/sample-messages.ts";
import { sampleSettings } from "../support/sample-settings.ts";

const ROOT = process.getuid?.() === 0;

let temporary: string;
let settings = sampleSettings();
let lists: AddressListsInForce;
let clock: FakeClock;
let log: Omit<LogLine, "at">[];
let thread: IntakeThread;
let account: AccountSettings;

/** `program`: what runs in it instead. */
function makeThread(processors = 2, program?: string): IntakeThread {
  const code = `import { parentPort } from "node:worker_threads"; ${program}`;
  return new IntakeThread({
    ...(program === undefined ? {} : { entry: new URL(`data:text/javascript,${encodeURIComponent(code)}`) }),
    temporary,
    installationId: "i",
    processors,
    clock,
    log: (line) => log.push(line),
    settings: () => settings,
    lists: () => lists,
  });
}

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "efs-thread-"));
  settings = sampleSettings();
  lists = { aliases: {}, users: null };
  clock = new FakeClock();
  log = [];
  const [first] = settings.accounts;
  if (first === undefined) throw new Error("no account");
  account = first;
  thread = makeThread();
});
afterEach(async () => {
  await thread.close();
  rmSync(temporary, { recursive: true });
});

async function started(): Promise<ReturnType<IntakeThread["door"]>> {
  thread.expect(100);
  const door = thread.door(account);
  await vi.waitFor(() => expect(door.open).toBe(true), 10_000);
  return door;
}

/** The same, in this thread. */
async function here(octets: Buffer) {
  const receiving = receiveBody(nodeFileSystem, temporary);
  await receiving.write(octets);
  const body = await receiving.complete();
  const judging = createJudging({ settings: () => settings, lists: () => lists, installationId: "i" });
  const { header: _, ...stored } = body;
  return { ...judging.collecting(account)(body), body: stored };
}

const octetsOf = (number: number): Buffer =>
  contentBytes(makeSample(number, { seed: "thread", profile: "office" }).content);
/** As messages are gathered. */
function inShared(octets: Buffer): Buffer {
  const block = takeShared(octets.length);
  octets.copy(block);
  return block.subarray(0, octets.length);
}
const simple = (to: string): Buffer => Buffer.from(`From: a@outside.test\r\nTo: ${to}\r\n\r\nHello.\r\n`);

describe("when it is there", () => {
  test("many to collect and a second processor start it, once; little, or one processor, do not", async () => {
    thread.expect(99);
    const alone = makeThread(1);
    alone.expect(1_000);
    const door = await started();
    thread.expect(1_000);
    expect([door.open, alone.door(account).open]).toEqual([true, false]);
    expect(await door.receive(simple("ann@example.com"))).toMatchObject({ body: { size: 53 } });
  });

  test("it ends when it has had nothing to do for a while, and is started again", async () => {
    const door = await started();
    await door.receive(simple("ann@example.com"));
    await clock.advance(5_000);
    expect(door.open).toBe(false);
    await expect(door.receive(simple("ann@example.com"))).rejects.toThrow(ThreadEndedError);
    const again = await started();
    expect(await again.receive(simple("ann@example.com"))).toMatchObject({ body: { size: 53 } });
    expect(log).toEqual([]);
  });

  test("closed, it gives back what it has in hand", async () => {
    const door = await started();
    const all = Promise.allSettled(Array.from({ length: 50 }, (_, number) => door.receive(octetsOf(number))));
    await thread.close();
    const given = (await all).filter(({ status }) => status === "rejected");
    expect(given.map((each) => "reason" in each && each.reason instanceof ThreadEndedError)).toEqual(
      given.map(() => true),
    );
    expect(given.length).toBeGreaterThan(0);
    thread.expect(1_000);
    expect(door.open).toBe(false);
  });
});

describe("what it finds", () => {
  test("is what this thread finds, octet for octet and word for word", async () => {
    const door = await started();
    const messages = Array.from({ length: 60 }, (_, number) => octetsOf(number)).filter(
      ({ length }) => length < 262_144,
    );
    expect(messages.length).toBeGreaterThan(40);
    const there = await Promise.all(messages.map((octets) => door.receive(inShared(octets))));
    for (const [index, octets] of messages.entries()) {
      const examined = there[index];
      const path = examined?.body.temporaryPath ?? "";
      expect(readFileSync(path).equals(octets)).toBe(true);
      const expected = await here(octets);
      expect(examined).toEqual({ ...expected, body: { ...expected.body, temporaryPath: path } });
    }
  });

  test("follows settings and lists from the next message on, each account by its own", async () => {
    const door = await started();
    const other = thread.door({
      ...account,
      id: "other",
      addressing: { mode: "single", recipients: ["bob@example.com"] },
    });
    const recipients = async (of: typeof door, to: string): Promise<readonly string[]> =>
      (await of.receive(simple(to))).resolution.recipients.map(({ address }) => address);
    const first = await recipients(door, "ann@second.test");
    settings = sampleSettings({ domains: { primary: "example.com", secondary: ["second.test"] } });
    const second = await recipients(door, "ann@second.test");
    lists = { aliases: { "ann@second.test": ["anna@example.com"] }, users: null };
    const third = await recipients(door, "ann@second.test");
    lists = { aliases: {}, users: new Set(["carl@example.com"]) };
    const fourth = await recipients(door, "ann@second.test");
    expect([first, second, third, fourth, await recipients(other, "ann@second.test")]).toEqual([
      ["postmaster@example.com"],
      ["ann@second.test"],
      ["anna@example.com"],
      [],
      ["bob@example.com"],
    ]);
  });

  test.skipIf(ROOT && process.platform !== "linux")(
    "a folder that takes no files is the same problem as here",
    async () => {
      const door = await started();
      rmSync(temporary, { recursive: true });
      const trouble = async (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => null,
          (error: unknown) => (error instanceof ProblemError ? error.problem.code : error),
        );
      const expected = await trouble(here(simple("ann@example.com")));
      expect(await trouble(door.receive(simple("ann@example.com")))).toBe(expected);
      expect(typeof expected).toBe("string");
      temporary = mkdtempSync(join(tmpdir(), "efs-thread-"));
      chmodSync(temporary, 0o700);
    },
  );
});

describe("when it goes wrong", () => {
  test("silence is its end; what it had in hand is given back", async () => {
    thread = makeThread(2, `parentPort.on("message", () => {}); parentPort.postMessage("listening");`);
    const door = await started();
    const given = expect(door.receive(simple("ann@example.com"))).rejects.toThrow(ThreadEndedError);
    await clock.advance(64_000);
    expect(door.open).toBe(true);
    await clock.advance(1_000);
    await given;
    expect([door.open, log.length]).toEqual([false, 1]);
  });

  test("an end while it is starting stays an end", async () => {
    thread.expect(100);
    const door = thread.door(account);
    await thread.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(door.open).toBe(false);
    await expect(door.receive(simple("ann@example.com"))).rejects.toThrow(ThreadEndedError);
  });

  test("a fault of the program is told as one, and leaves no file behind", async () => {
    const door = await started();
    lists = { aliases: {}, users: 7 as unknown as ReadonlySet<string> };
    await expect(door.receive(simple("ann@example.com"))).rejects.toThrow(TypeError);
    expect(readdirSync(temporary)).toEqual([]);
    expect(door.open).toBe(true);
  });

  test("an end of its own accord gives back what it had, is told, and is not tried again", async () => {
    const door = await started();
    // No thread can be given this.
    settings = { ...settings, control: (() => undefined) as never };
    await expect(door.receive(simple("ann@example.com"))).rejects.toThrow(ThreadEndedError);
    expect(log.map(({ text }) => text.replace(/\(.*\)/, "(...)"))).toEqual([
      "the second thread for collecting has ended (...); collecting goes on without it",
    ]);
    thread.expect(1_000);
    expect(door.open).toBe(false);
  });
});
