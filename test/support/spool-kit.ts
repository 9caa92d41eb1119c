import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogLine } from "../../core/model/event.ts";
import type { Accepted, AcceptOrder, MessageSource, ReceivedBody } from "../../core/model/message.ts";
import type { Clock } from "../../core/model/ports.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { openSpool, type Spool, type SpoolOptions } from "../../core/spool/spool.ts";
import type { SpoolPolicy } from "../../core/spool/spool-context.ts";
import { FakeClock } from "./fake-clock.ts";

export const plainPolicy: SpoolPolicy = {
  duplicateDays: 7,
  realtimeAntivirus: false,
  sendingDelay: () => 0,
  reportedDays: 30,
  junkDays: 14,
  backupDays: 30,
  historyDays: 365,
};

export interface SpoolKit {
  readonly directory: string;
  readonly clock: FakeClock;
  readonly logs: Omit<LogLine, "at">[];
  readonly alerts: string[];
  policy: SpoolPolicy;
  open(options?: Partial<SpoolOptions>): Promise<Spool>;
  remove(): void;
}

/** A data directory of a test's own; `folder`: in this one. */
export function spoolKit(folder?: string): SpoolKit {
  const root = folder ?? mkdtempSync(join(tmpdir(), "efs-spool-"));
  const kit: SpoolKit = {
    directory: join(root, "data"),
    clock: new FakeClock(Date.now()),
    logs: [],
    alerts: [],
    policy: plainPolicy,
    open: (options = {}) =>
      openSpool({
        dataDirectory: kit.directory,
        clock: kit.clock,
        log: (line) => kit.logs.push(line),
        raiseAlert: (alert) => kit.alerts.push(alert.problem.code),
        policy: () => kit.policy,
        ...options,
      }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return kit;
}

export function testMail(name: string, size = 200): Buffer {
  const head = `From: sender@example.net\r\nTo: bob@office.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@x>\r\n\r\n`;
  return Buffer.from(head.padEnd(Math.max(head.length, size - 2), `${name} `).concat("\r\n"), "latin1");
}

export function source(uid: string | null, accountId = "main"): MessageSource {
  return { accountId, uid, server: "pop.example.net", announcedSize: null };
}

export async function receive(spool: Spool, from: MessageSource, bytes: Buffer): Promise<ReceivedBody> {
  const body = await spool.bodies.receive(from);
  await body.write(bytes);
  return body.complete();
}

export function order(
  from: MessageSource,
  body: ReceivedBody,
  recipients: readonly string[] = ["bob@office.example"],
  more: Partial<AcceptOrder> = {},
): AcceptOrder {
  return {
    kind: "mail",
    source: from,
    body,
    summary: { from: "sender@example.net", subject: "subject", messageId: "<id@x>", date: null },
    resolution: {
      kind: "addressed",
      sender: "sender@example.net",
      recipients: recipients.map((address) => ({ address, role: "addressed", duplicatesChecked: true })),
      trail: [],
    },
    verdict: { kind: "pass" },
    duplicateKey: null,
    reportOf: null,
    reportForm: null,
    hashDecides: false,
    ...more,
  };
}

/** Takes one message over, from its octets to the record on the disk. */
export async function take(
  spool: Spool,
  uid: string | null,
  bytes: Buffer = testMail(uid ?? "none"),
  recipients?: readonly string[],
  more?: Partial<AcceptOrder>,
): Promise<Accepted> {
  const from = source(uid);
  return spool.bodies.accept(order(from, await receive(spool, from, bytes), recipients, more));
}

/** The code of the problem that a promise rejects with. */
export async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return "resolved";
}

export function claimAll(spool: Spool, clock: Clock, limit = 100) {
  return spool.queue.claim({
    limit,
    kinds: ["mail", "alert"],
    now: clock.now(),
    ignoreBackoff: false,
    nextAt: clock.now() + 60_000,
  });
}
