/**
 * The connection ends behind every single octet that the server sends, in every way it can end. Whatever was shown
 * before is not lost, nothing is taken twice, and the pass after it brings the rest.
 */
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryLedger } from "../support/memory-ledger.ts";
import { FIN, RST, STALL, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { hostilePass, message } from "./hostile-mailbox.ts";

const MAIL = [message("a", "Subject: a\r\n\r\n.one\r\n"), message("b", "Subject: b\r\n\r\ntwo\r\n.\r\n")];
const CONTENT = MAIL.map(({ content }) => content.toString("latin1")).sort();

type Ending = typeof FIN | typeof RST | typeof STALL;

/** The server's octets are counted over the first connection, or over both; behind `budget` of them it ends. */
async function passWithCut(
  budget: number,
  ending: Ending,
  options: { readonly pipelining: boolean; readonly both: boolean },
): Promise<number> {
  const capabilities = ["UIDL", "TOP", ...(options.pipelining ? ["PIPELINING"] : [])];
  const ledger = new MemoryLedger();
  const clock = new FakeClock();
  const server = await startScriptedPop3Server({
    messages: MAIL,
    capabilities,
    cut: { after: budget, ending, sessions: options.both ? 2 : 1 },
  });
  const first = await hostilePass(server, { ledger, clock });
  const total = server.sent();
  // A pass over the mailbox as it is now, undisturbed.
  const rest = await startScriptedPop3Server({ messages: server.remaining(), capabilities });
  const second = await hostilePass(rest, { ledger, clock });
  const taken = [...first.taken, ...second.taken].map((content) => content.toString("latin1")).sort();
  expect({ budget, taken, left: rest.remaining().length, problem: second.result.problem }).toEqual({
    budget,
    taken: CONTENT,
    left: 0,
    problem: null,
  });
  await server.close();
  await rest.close();
  return total;
}

/** Octets of a whole undisturbed pass. */
async function dialogueLength(pipelining: boolean): Promise<number> {
  return passWithCut(Number.MAX_SAFE_INTEGER, FIN, { pipelining, both: false });
}

const ENDINGS: readonly (readonly [string, Ending, boolean, boolean])[] = [
  ["closed, one command at a time", FIN, false, false],
  ["closed, pipelined", FIN, true, false],
  ["closed, the second connection too", FIN, true, true],
  ["reset, pipelined", RST, true, false],
  ["silent, pipelined", STALL, true, false],
];

test.each(ENDINGS)("%s", { timeout: 60_000 }, async (_name, ending, pipelining, both) => {
  const length = await dialogueLength(pipelining);
  expect(length).toBeGreaterThan(200);
  for (let budget = 1; budget <= length; budget += 1) await passWithCut(budget, ending, { pipelining, both });
});
