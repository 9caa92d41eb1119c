import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pop3Dialogue } from "../../core/collect/pop3-dialogue.ts";
import { connectionClosed, Pop3Error } from "../../core/collect/pop3-problem.ts";
import { Pop3Transcript } from "../../core/collect/pop3-transcript.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemorySink } from "../support/memory-sink.ts";
import { bodyAnswer } from "../support/scripted-pop3-server.ts";

interface Wire {
  readonly dialogue: Pop3Dialogue;
  readonly clock: FakeClock;
  readonly written: string[];
  receive(pieces: readonly Buffer[]): void;
}

/** A dialogue over a socket that is none, so that every piece arrives as it was cut. */
function makeWire(): Wire {
  const clock = new FakeClock();
  const written: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString("latin1"));
      done();
    },
  });
  const dialogue = new Pop3Dialogue({
    place: { account: "main", host: "pop3.test", port: 110 },
    transcript: new Pop3Transcript("main", null),
    clock,
    timeoutSeconds: 60,
  });
  dialogue.watchful = true;
  dialogue.attach(socket as unknown as Socket);
  return {
    dialogue,
    clock,
    written,
    receive: (pieces) => {
      for (const piece of pieces) socket.push(piece);
    },
  };
}

function cut(octets: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0, turn = 0; from < octets.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    pieces.push(octets.subarray(from, from + length));
    from += length;
  }
  return pieces;
}

describe("Pop3Dialogue", () => {
  const octet = fc.constantFrom(...Buffer.from("..\r\n\r\n\r\n.A+OK-ERR\xff\x00", "latin1"));
  const content = fc.array(octet, { maxLength: 30 }).map((octets) => Buffer.from([...octets, 13, 10]));
  const exchange = fc.record({
    /** null: -ERR. */
    content: fc.option(content, { freq: 5 }),
    slow: fc.boolean(),
    openSlowly: fc.boolean(),
  });
  const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 });

  test("pipelined messages come out exact, however the answers are cut and however slow the disk is", async () => {
    const property = fc.asyncProperty(
      fc.array(exchange, { minLength: 1, maxLength: 4 }),
      lengths,
      async (all, cuts) => {
        const { dialogue, receive, clock } = makeWire();
        dialogue.pipelining = true;
        const sinks = all.map(({ slow }) => new MemorySink(() => (slow ? Promise.resolve() : undefined)));
        const results = Promise.allSettled(
          all.map(({ openSlowly }, index) => {
            const sink = sinks[index] as MemorySink;
            return dialogue.ask(`RETR ${index + 1}`, {
              receive: () => (openSlowly ? Promise.resolve(sink) : sink),
            });
          }),
        );
        const answers = all.map((one) =>
          one.content === null ? Buffer.from("-ERR no\r\n") : bodyAnswer(one.content),
        );
        receive(cut(Buffer.concat(answers), cuts));
        const statuses = (await results).map((result) =>
          result.status === "fulfilled" ? result.value.octets : null,
        );
        expect([statuses, sinks.map(({ text }) => text), dialogue.failure, clock.pending]).toEqual([
          all.map((one) => one.content?.length ?? null),
          all.map((one) => one.content?.toString("latin1") ?? ""),
          null,
          0,
        ]);
      },
    );
    await fc.assert(property, { numRuns: 10_000 });
  }, 60_000);

  test("no octets whatever throw, hang or leave a timer behind", async () => {
    const noise = fc.array(fc.constantFrom(...Buffer.from("+-OKERR []/.\r\n\r\n \x00\xff1a")), {
      maxLength: 60,
    });
    const property = fc.asyncProperty(noise, lengths, async (octets, cuts) => {
      const { dialogue, receive, clock } = makeWire();
      const sink = new MemorySink();
      const results = Promise.allSettled([
        dialogue.ask("NOOP"),
        dialogue.ask("RETR 1", { receive: () => sink }),
        dialogue.ask("UIDL", { receive: () => Promise.resolve(sink) }),
      ]);
      receive(cut(Buffer.from(octets), cuts));
      await clock.advance(240_000);
      dialogue.fail(connectionClosed({ account: "main", host: "pop3.test", port: 110 }));
      for (const result of await results) {
        if (result.status === "rejected") expect(result.reason).toBeInstanceOf(Pop3Error);
      }
      expect(clock.pending).toBe(0);
    });
    await fc.assert(property, { numRuns: 2_000 });
  }, 60_000);

  test("commands of one turn leave in one write, in lock-step one by one", async () => {
    const pipelined = makeWire();
    pipelined.dialogue.pipelining = true;
    const both = Promise.all([pipelined.dialogue.ask("DELE 1"), pipelined.dialogue.ask("DELE 2")]);
    const single = makeWire();
    const each = Promise.all([single.dialogue.ask("DELE 1"), single.dialogue.ask("DELE 2")]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([pipelined.written, single.written]).toEqual([["DELE 1\r\nDELE 2\r\n"], ["DELE 1\r\n"]]);
    pipelined.receive([Buffer.from("+OK\r\n+OK\r\n")]);
    await both;
    single.receive([Buffer.from("+OK\r\n")]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(single.written).toEqual(["DELE 1\r\n", "DELE 2\r\n"]);
    single.receive([Buffer.from("+OK\r\n")]);
    await each;
  });

  test("every answer gets the whole time-out, counted from the one before", async () => {
    const { dialogue, receive, clock } = makeWire();
    dialogue.pipelining = true;
    const results = Promise.allSettled([dialogue.ask("NOOP"), dialogue.ask("NOOP"), dialogue.ask("NOOP")]);
    for (const _ of [1, 2]) {
      await clock.advance(59_000);
      receive([Buffer.from("+OK\r\n")]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Half a line is no answer.
    await clock.advance(59_000);
    receive([Buffer.from("+O")]);
    await clock.advance(1_000);
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(dialogue.failure?.trouble).toBe("timeout");
  });
});
