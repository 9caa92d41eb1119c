/** One pass of one account over a POP3 server that means no good, and what must hold whatever that server does. */
import { expect } from "vitest";
import {
  type CollectionResult,
  type CollectorAccount,
  collectAccount,
} from "../../core/collect/collector.ts";
import { accountSchema } from "../../core/model/settings.ts";
import type { TranscriptLine } from "../../core/model/transcript-entry.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryIntake, MemoryLedger } from "../support/memory-ledger.ts";
import type { ScriptedMessage, ScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { runOut } from "./patient-clock.ts";

export const PASSWORD = "correct-horse-7";

export interface HostilePass {
  readonly result: CollectionResult;
  readonly taken: readonly Buffer[];
  readonly ledger: MemoryLedger;
  readonly took: number;
  readonly transcript: readonly TranscriptLine[];
  readonly logs: readonly string[];
  readonly alerts: readonly string[];
}

export interface HostilePassOptions {
  readonly account?: Partial<CollectorAccount>;
  readonly ledger?: MemoryLedger;
  readonly clock?: FakeClock;
  readonly deadline?: number;
  readonly maxMessageBytes?: number;
}

export function message(uid: string | null, content: string): ScriptedMessage {
  return { uid, content: Buffer.from(content, "latin1") };
}

/** Fails when the pass hangs, keeps a timer, a socket or a half-written message, or says something unfit for people. */
export async function hostilePass(
  server: ScriptedPop3Server,
  options: HostilePassOptions = {},
): Promise<HostilePass> {
  const clock = options.clock ?? new FakeClock();
  const ledger = options.ledger ?? new MemoryLedger();
  const intake = new MemoryIntake(ledger, { now: () => clock.now() });
  const transcript: TranscriptLine[] = [];
  const logs: string[] = [];
  const alerts: string[] = [];
  const settings = accountSchema.parse({
    id: "main",
    host: "127.0.0.1",
    port: server.port,
    username: "user",
    password: PASSWORD,
  });
  const { value: result, took } = await runOut(
    collectAccount(
      { ...settings, password: PASSWORD, ...options.account },
      { intake, ledger },
      {
        clock,
        tap: (line) => void transcript.push(line),
        log: (line) => void logs.push(line.text),
        raiseAlert: ({ cause, problem }) => void alerts.push(cause, problem.what, problem.quote ?? ""),
        maxMessageBytes: options.maxMessageBytes ?? 1_000_000,
      },
    ),
    {
      clock,
      moved: () => server.sent() + server.commands.length + transcript.length,
      deadline: options.deadline ?? 300_000,
    },
  );
  // A server that drips has its own second to notice that we are gone.
  await clock.advance(1_000);
  expect({ timers: clock.pending, open: intake.opened - intake.aborted - intake.completed }).toEqual({
    timers: 0,
    open: 0,
  });
  while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
  const said = [
    ...transcript.map(({ text }) => text),
    ...logs,
    ...alerts,
    JSON.stringify(result.problem),
  ].join(" ");
  expect(said).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f]|undefined|\[object/);
  expect(said).not.toContain(PASSWORD);
  return {
    result,
    taken: intake.taken.map(({ content }) => content),
    ledger,
    took,
    transcript,
    logs,
    alerts,
  };
}
