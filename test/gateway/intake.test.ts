import { expect, it } from "vitest";
import { createIntake, type IntakeParts } from "../../core/gateway/intake.ts";
import { ThreadEndedError } from "../../core/gateway/intake-thread.ts";
import type { MessageSource, ReceivedBody } from "../../core/model/message.ts";
import type { BodyStore, IncomingMessage } from "../../core/model/ports.ts";
import { ProblemError } from "../../core/model/problem.ts";

const source: MessageSource = { accountId: "main", uid: null, server: "pop", announcedSize: 2 };
const body = { temporaryPath: "/x.part", wholeHash: "abc" } as ReceivedBody;
const examined = { body } as unknown as ReturnType<IntakeParts["examine"]>;
const full = new ProblemError({ code: "disk-full", what: "Full.", cure: "Make room." });
const accepted = { kind: "queued", id: 1, queueId: "0123456789AB", recipients: 1 } as const;

/** What is asked of the spool and of the thread, in order. */
function setUp(changes: Partial<IntakeParts> = {}) {
  const done: string[] = [];
  const bodies: BodyStore = {
    async receive() {
      const octets: Buffer[] = [];
      return {
        write(chunk) {
          octets.push(chunk);
          return undefined;
        },
        async complete() {
          done.push(`stored ${Buffer.concat(octets).length}`);
          return body;
        },
        async abort() {
          done.push("aborted");
        },
      };
    },
    accept: async ({ source: { uid } }) => {
      done.push(`accept ${uid}`);
      return accepted;
    },
    discard: async ({ temporaryPath }) => {
      done.push(`discard ${temporaryPath}`);
    },
  };
  const intake = createIntake({
    bodies,
    examine: () => examined,
    admit: (order) => order,
    onAccepted: () => {
      done.push("announce");
    },
    thread: { open: false, receive: () => Promise.reject(new Error("it is not open")) },
    ...changes,
  });
  return { done, intake };
}

function thread(receive: (octets: string) => Promise<typeof examined>): Pick<IntakeParts, "thread"> {
  return { thread: { open: true, receive: (octets) => receive(Buffer.from(octets).toString("latin1")) } };
}

it("names a message without an id by its hash, and announces it when it is on the disk", async () => {
  const { done, intake } = setUp();
  const incoming = await intake.open({ ...source, identify: (hash) => `sha256:${hash}#1` });
  expect(await incoming.complete()).toEqual(accepted);
  expect(done).toEqual(["stored 0", "accept sha256:abc#1", "announce"]);
});

it("leaves no file behind of a message that cannot be judged", async () => {
  const bug = new Error("bug");
  const { done, intake } = setUp({
    examine: () => {
      throw bug;
    },
  });
  await expect((await intake.open(source)).complete()).rejects.toBe(bug);
  expect(done).toEqual(["stored 0", "discard /x.part"]);
});

it("hands a small message to the thread in one piece, also when the reader uses its buffer again", async () => {
  const { done, intake } = setUp(
    thread(async (octets) => {
      done.push(`thread ${octets}`);
      return examined;
    }),
  );
  const incoming = await intake.open({ ...source, uid: "u1" });
  const chunk = Buffer.from("one");
  await incoming.write(chunk);
  chunk.write("two");
  await incoming.write(chunk);
  expect(await incoming.complete()).toEqual(accepted);
  expect(done).toEqual(["thread onetwo", "accept u1", "announce"]);
});

it("keeps messages apart that come at the same time, whatever the memory held before", async () => {
  const answers: (() => void)[] = [];
  const { done, intake } = setUp(
    thread(async (octets) => {
      done.push(`thread ${octets}`);
      await new Promise<void>((resolve) => answers.push(resolve));
      return examined;
    }),
  );
  for (const round of ["first", "second"]) {
    const messages = [1, 2, 3].map((number) => ({
      incoming: intake.open({ ...source, uid: `u${number}` }) as IncomingMessage,
      text: `${round} ${number} `,
    }));
    for (const { incoming, text } of messages) await incoming.write(Buffer.from(text));
    for (const { incoming, text } of messages) await incoming.write(Buffer.from(text.repeat(2_000)));
    const taken = messages.map(({ incoming }) => incoming.complete());
    for (const answer of answers.splice(0)) answer();
    expect(await Promise.all(taken)).toEqual([accepted, accepted, accepted]);
    const seen = done.splice(0).filter((each) => each.startsWith("thread"));
    expect(seen).toEqual(messages.map(({ text }) => `thread ${text.repeat(2_001)}`));
  }
});

it("does by itself what the thread did not get done", async () => {
  const { done, intake } = setUp(thread(() => Promise.reject(new ThreadEndedError())));
  const incoming = await intake.open({ ...source, uid: "u1" });
  await incoming.write(Buffer.from("one"));
  await incoming.write(Buffer.from("two"));
  expect(await incoming.complete()).toEqual(accepted);
  expect(done).toEqual(["stored 6", "accept u1", "announce"]);
});

it("takes nothing over when the thread found the disk full", async () => {
  const { done, intake } = setUp(thread(() => Promise.reject(full)));
  await expect((await intake.open(source)).complete()).rejects.toBe(full);
  expect(done).toEqual([]);
});

it("streams a message that turns out to be large, and one of which LIST says so", async () => {
  const { done, intake } = setUp(thread(() => Promise.reject(new Error("too large for the thread"))));
  const incoming = await intake.open({ ...source, uid: "u1" });
  for (let part = 0; part < 5; part += 1) await incoming.write(Buffer.alloc(100_000));
  expect(await incoming.complete()).toEqual(accepted);
  const announced = await intake.open({ ...source, announcedSize: 262_144, uid: "u2" });
  expect(await announced.complete()).toEqual(accepted);
  expect(done).toEqual(["stored 500000", "accept u1", "announce", "stored 0", "accept u2", "announce"]);
});

it("gives up what was gathered, and what was streamed", async () => {
  const { done, intake } = setUp(thread(() => Promise.reject(new Error("nothing was complete"))));
  const small = await intake.open(source);
  await small.write(Buffer.from("half"));
  await small.abort();
  expect(done).toEqual([]);
  const large = await intake.open(source);
  for (let part = 0; part < 3; part += 1) await large.write(Buffer.alloc(100_000));
  await large.abort();
  expect(done).toEqual(["aborted"]);
});

it.each([
  ["received in the thread", true],
  ["streamed", false],
])("tells of messages %s in the mailbox's order, whichever is on the disk first", async (_, open) => {
  const kept: Record<string, () => void> = {};
  const told: string[] = [];
  const { done, intake } = setUp({
    thread: { open, receive: async () => examined },
    onAccepted: async (_accepted, { source: { uid } }) => {
      told.push(`begin ${uid}`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`end ${uid}`);
    },
    bodies: {
      receive: async () => ({
        write: () => undefined,
        complete: async () => body,
        abort: async () => undefined,
      }),
      accept: async ({ source: { uid } }) => {
        if (uid === "u3") throw full;
        await new Promise<void>((resolve) => {
          kept[uid ?? ""] = resolve;
        });
        return accepted;
      },
      discard: async () => undefined,
    },
  });
  const arrivals: IncomingMessage[] = [];
  for (const uid of ["u1", "u2", "u3", "u4", "u5"]) arrivals.push(await intake.open({ ...source, uid }));
  const [first, second, third, fourth, fifth] = arrivals;
  const taken = [fifth, fourth, third, first].map((each) => each?.complete().catch(() => "refused"));
  await new Promise((resolve) => setImmediate(resolve));
  for (const uid of ["u5", "u4"]) kept[uid]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([]);
  await second?.abort();
  kept["u1"]?.();
  expect(await Promise.all(taken)).toEqual([accepted, accepted, "refused", accepted]);
  expect(told).toEqual(["begin u1", "end u1", "begin u4", "end u4", "begin u5", "end u5"]);
  expect(done).toEqual([]);
});

it.each([
  ["cannot be opened", async () => Promise.reject(full)],
  [
    "cannot be written",
    async () => ({
      write: () => Promise.reject(full),
      complete: () => Promise.reject(full),
      abort: async () => undefined,
    }),
  ],
])("a message whose file %s after the thread ended holds none of the others up", async (_, receive) => {
  let answers = 0;
  const { done, intake } = setUp({
    thread: {
      open: true,
      receive: () => {
        answers += 1;
        return answers === 1 ? Promise.reject(new ThreadEndedError()) : Promise.resolve(examined);
      },
    },
    bodies: { receive, accept: async () => accepted, discard: async () => undefined },
  });
  const [first, second] = [intake.open(source), intake.open(source)] as IncomingMessage[];
  await expect(first?.complete()).rejects.toBe(full);
  expect(await second?.complete()).toEqual(accepted);
  expect(done).toEqual(["announce"]);
});
