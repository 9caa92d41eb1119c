/**
 * A process to be killed: takes messages over, 8 at a time, and delivers some, as fast as it can. Each line on
 * standard output is a promise that must hold after its death. Arguments: data directory, name of the round.
 */
import { writeSync } from "node:fs";
import type { QueuedMessage } from "../../core/model/message.ts";
import { openSpool, type Spool } from "../../core/spool/spool.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { plainPolicy, take, testMail } from "../support/spool-kit.ts";

const [dataDirectory = "", round = ""] = process.argv.slice(2);
const OK = { code: 250, enhanced: null, text: "ok" } as const;

function say(...words: readonly string[]): void {
  writeSync(1, `${words.join(" ")}\n`);
}

async function collect(spool: Spool, worker: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const uid = `${round}-${worker}-${number}`;
    const size = number % 10 === 9 ? 400_000 : 300 + number;
    const { kind } = await take(spool, uid, testMail(uid, size));
    say("taken", uid, kind);
  }
}

async function deliver(spool: Spool): Promise<void> {
  for (;;) {
    const now = Date.now();
    const order = { limit: 2, kinds: ["mail"], now, ignoreBackoff: false, nextAt: now + 60_000 } as const;
    const messages = await spool.queue.claim(order);
    for (const message of messages) await settle(spool, message);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function settle(spool: Spool, message: QueuedMessage): Promise<void> {
  const at = Date.now();
  const relay = "mail:25";
  const failed = message.id % 3 === 0;
  const failure = { scope: "recipient", permanent: true, phase: "rcpt", reply: null, problem: null } as const;
  await spool.outcomes.apply({
    result: {
      message,
      startedAt: at,
      endedAt: at,
      relay,
      session: "smtp-1",
      delays: [0, 0, 0, 0],
      recipients: message.recipients.map((recipient) => ({
        recipient,
        outcome: failed ? { kind: "refused", failure } : { kind: "delivered", reply: OK },
        next: failed ? { kind: "failed", at, failure } : { kind: "delivered", at, reply: OK, relay },
        tries: 1,
        unknownTries: 0,
      })),
    },
    disposition: failed ? { kind: "errors", report: "off" } : { kind: "done", backup: message.id % 3 === 1 },
    report: null,
  });
  // One that was adopted after a crash is known by the hash of its id alone.
  if (message.source.uid !== null) say("settled", message.source.uid);
}

const spool = await openSpool({
  dataDirectory,
  clock: systemClock,
  log: () => undefined,
  raiseAlert: ({ problem }) => say("alert", problem.code),
  policy: () => plainPolicy,
});
say("open");
await Promise.all([...Array.from({ length: 8 }, (_, worker) => collect(spool, worker)), deliver(spool)]);
