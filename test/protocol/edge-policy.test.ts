/**
 * A mail server that says no, in each of the ways in which other programs of this trade lost mail, sent it twice or
 * stood still: three messages, two checks. Nothing stays on the POP3 server, whoever accepted gets it once, and nobody's
 * refusal holds up anybody else.
 */
import { expect, onTestFinished, test } from "vitest";
import { isReport } from "../end-to-end/arrivals.ts";
import { gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { type Script, startScriptedServer } from "../support/scripted-smtp-server.ts";
import { message } from "./hostile-mailbox.ts";

interface Expected {
  /** States of the recipients, message by message. */
  readonly states: readonly (readonly string[])[];
  /** Transactions that the server answered 250, or never answered; reports left out. */
  readonly taken: number;
  readonly reports: number;
}

const each = (...states: string[]): readonly (readonly string[])[] => [states, states, states];

const POLICY: Readonly<Record<string, Expected>> = {
  user: { states: each("delivered"), taken: 3, reports: 0 },
  "rcpt-450-x": { states: each("deferred"), taken: 0, reports: 0 },
  "rcpt-452-x": { states: each("deferred"), taken: 0, reports: 0 },
  "rcpt-550-x": { states: each("failed"), taken: 0, reports: 3 },
  "rcpt-554-x": { states: each("failed"), taken: 0, reports: 3 },
  // Two fresh connections without a finished transaction end a check; the next one tries the message that is left.
  "rcpt-421-x": { states: each("deferred"), taken: 0, reports: 0 },
  "data-451-x": { states: each("deferred"), taken: 0, reports: 0 },
  "data-452-x": { states: each("deferred"), taken: 0, reports: 0 },
  "data-552-x": { states: each("failed"), taken: 0, reports: 3 },
  "data-554-x": { states: each("failed"), taken: 0, reports: 3 },
  "lost-x": { states: each("deferred"), taken: 3, reports: 0 },
  "user+rcpt-450-x": { states: each("delivered", "deferred"), taken: 3, reports: 0 },
  "user+rcpt-550-x": { states: each("delivered", "failed"), taken: 3, reports: 3 },
  "rcpt-450-x+user": { states: each("deferred", "delivered"), taken: 3, reports: 0 },
  // Reported when nobody waits any more.
  "rcpt-450-x+rcpt-550-x": { states: each("deferred", "failed"), taken: 0, reports: 0 },
};

test.each(Object.entries(POLICY))("%s", { timeout: 60_000 }, async (who, expected) => {
  const to = who.split("+").map((local) => `${local}@office.test`);
  const mail = ["m1", "m2", "m3"].map((uid) =>
    message(
      uid,
      `Return-Path: <sender@remote.test>\r\nX-Rcpt-To: ${to.join(", ")}\r\nSubject: ${uid}\r\nMessage-ID: <${uid}@remote.test>\r\n\r\nbody\r\n`,
    ),
  );
  const pop3 = await startScriptedPop3Server({ messages: mail, capabilities: ["UIDL", "PIPELINING"] });
  const answered: number[] = [];
  const script: Script = ({ phase, recipient }) => {
    if (phase === "rcpt") {
      const code = /^rcpt-(\d{3})-/.exec(recipient)?.[1];
      return code === undefined ? undefined : `${code} ${code.charAt(0)}.2.0 so it is`;
    }
    if (phase !== "final") return undefined;
    const at = smtp.messages.length - 1;
    const [first = ""] = smtp.messages[at]?.recipients ?? [];
    const code = /^data-(\d{3})-/.exec(first)?.[1];
    if (code !== undefined) return `${code} ${code.charAt(0)}.3.0 so it is`;
    answered.push(at);
    return first.startsWith("lost-") ? { and: "reset" } : undefined;
  };
  const smtp = await startScriptedServer({ script });
  onTestFinished(() => smtp.close());
  const kit = await gatewayKit(
    officeSettings(
      { host: "127.0.0.1", port: pop3.port },
      { host: "127.0.0.1", port: smtp.port, connections: 1 },
    ),
  );
  await kit.check();
  await kit.check();
  const taken = answered.map((at) => smtp.messages[at]?.content ?? Buffer.alloc(0));
  const reports = taken.filter((bytes) => isReport({ bytes } as Parameters<typeof isReport>[0]));
  expect({
    states: kit
      .history()
      .filter(({ kind }) => kind === "mail")
      .map(({ recipients }) => recipients.map(([, state]) => state)),
    taken: taken.length - reports.length,
    reports: reports.length,
    left: pop3.remaining().length,
  }).toEqual({ ...expected, left: 0 });
});
