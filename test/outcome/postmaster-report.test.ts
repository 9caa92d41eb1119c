import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { explainFailure } from "../../core/explain/explain-failure.ts";
import { wordings } from "../../core/explain/wordings.ts";
import type { RecipientState, ReportOrder } from "../../core/model/message.ts";
import { parseReply } from "../../core/model/reply.ts";
import { composeReport, type ReportContext, reportText } from "../../core/outcome/postmaster-report.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "efs-report-"));
});
afterAll(() => rm(folder, { recursive: true }));

const context: ReportContext = {
  primaryDomain: "example.com",
  postmaster: "postmaster@example.com",
  style: "first-500-lines",
  reportedDays: 30,
  hostName: "gateway.office.lan",
  installationId: "0f3a",
  now: Date.UTC(2026, 10, 20, 15, 20, 36),
  explain: explainFailure,
};

const plainOrder: ReportOrder = {
  id: 1,
  queueId: "77424110EA2E",
  path: "",
  sender: "bob@invalid@.domain.com",
  summary: {
    from: "Bob <bob@domain.com>",
    subject: "Grüße\r\nBcc: evil@x",
    messageId: "<1@x>",
    date: null,
  },
  receivedAt: Date.UTC(2026, 10, 20, 15, 0, 0),
  accountId: "main",
  size: 1234,
  form: "with-content",
  failed: [
    {
      address: "nobody@example.com",
      state: {
        kind: "failed",
        at: 1,
        failure: {
          scope: "recipient",
          permanent: true,
          phase: "rcpt",
          reply: parseReply(550, ["550 5.1.1 User unknown"]),
          problem: null,
        },
      },
    },
  ],
  delivered: ["alice@example.com"],
};

async function order(body: Buffer | string, more: Partial<ReportOrder> = {}): Promise<ReportOrder> {
  const path = join(folder, "original.eml");
  await writeFile(path, body);
  return { ...plainOrder, path, ...more };
}

/** Of the one recipient that failed. */
function whatIsSaid(state: RecipientState): readonly string[] {
  const text = reportText({ ...plainOrder, failed: [{ address: "a@example.com", state }] }, context);
  const lines = text.split("\r\n").filter((line) => line.startsWith("    "));
  return lines.map((line) => line.trim());
}

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("latin1");
}

describe("composeReport", () => {
  it.each([
    [0, "until it is deleted, and can be sent again from there."],
    [1, "for 1 day and can be sent again from there."],
  ])("says how long the message stays: %i days", async (reportedDays, words) => {
    const text = await read(composeReport(await order("Subject: x\r\n\r\n"), { ...context, reportedDays }));
    expect(text).toContain(`(77424110EA2E)\r\n${words}\r\n`);
  });

  it("is the whole report, line by line", async () => {
    const text = await read(composeReport(await order("Subject: x\r\n\r\nH\xe4llo=\r\n", {}), context));
    expect(text).toMatchInlineSnapshot(`
      "Auto-Submitted: auto-replied
      X-Efs-Report: 0f3a 77424110EA2E
      From: EFS Mail Gateway <MAILER-DAEMON@example.com>
      To: postmaster@example.com
      Subject: =?UTF-8?Q?Could_not_be_delivered=3A_Gr=C3=BC=C3=9F?=
       =?UTF-8?Q?e=5Cx0d=5Cx0aBcc=3A_evil=40x?=
      Message-ID: <77424110EA2E.1795188036000.report@example.com>
      Date: Fri, 20 Nov 2026 15:20:36 +0000
      MIME-Version: 1.0
      Content-Type: multipart/mixed;
       boundary="--_NmP-77424110EA2E-1795188036000-Part_1"

      ----_NmP-77424110EA2E-1795188036000-Part_1
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable

      This message was collected, but your mail server did not take it:

        From:      Bob <bob@domain.com>
        Sender:    bob@invalid@.domain.com
        Subject:   Gr=C3=BC=C3=9Fe\\x0d\\x0aBcc: evil@x
        Collected: Fri, 20 Nov 2026 15:00:00 GMT, mailbox "main"
        Size:      1,234 bytes

      It could not be delivered to:

        nobody@example.com
          The server's answer: 550 5.1.1 User unknown
          What it means: Your mail server has no mailbox with this address.
          What to do: If the address is right, create the mailbox or an alias for=
       it; if it was guessed by a spammer, there is nothing to do. A few of these=
       are normal; a large number means that a domain or a setting is wrong.

      These recipients did get it:

        alice@example.com

      The whole message stays in the Errors folder (77424110EA2E)
      for 30 days and can be sent again from there.
      The sender has not been told.

      EFS Mail Gateway on gateway.office.lan

      Its first 500 lines follow.

      ----_NmP-77424110EA2E-1795188036000-Part_1
      Content-Type: text/plain; charset=utf-8; name=77424110EA2E.txt
      Content-Transfer-Encoding: quoted-printable
      Content-Disposition: inline; filename=77424110EA2E.txt

      Subject: x

      H=C3=A4llo=3D

      ----_NmP-77424110EA2E-1795188036000-Part_1--
      "
    `);
  });

  it.each([
    ["mail", "sender-refused"],
    ["rcpt", "recipient-refused"],
    ["data", "policy-perhaps"],
    ["final-reply", "policy-perhaps"],
  ] as const)("explains an answer that says nothing by what it was to: %s", (phase, wording) => {
    const failure = { scope: "message", permanent: true, phase, problem: null } as const;
    const reply = parseReply(550, ["550 5.0.0 zzz"]);
    const { meaning, cure } = wordings[wording];
    expect(whatIsSaid({ kind: "failed", at: 1, failure: { ...failure, reply } })).toEqual([
      "The server's answer: 550 5.0.0 zzz",
      `What it means: ${meaning}`,
      `What to do: ${cure}`,
    ]);
  });

  it("says what happened where there was no answer, and that the time was over", () => {
    const problem = { code: "smtp-too-large", what: "It is too large.", cure: "Raise the limit." };
    const failure = { scope: "message", permanent: true, phase: "mail", reply: null, problem } as const;
    expect(whatIsSaid({ kind: "failed", at: 1, failure })).toEqual(["It is too large. Raise the limit."]);
    const over = "It was tried again and again until its time was over.";
    expect(whatIsSaid({ kind: "expired", at: 1, failure })).toEqual([
      over,
      "It is too large. Raise the limit.",
    ]);
    expect(whatIsSaid({ kind: "expired", at: 1, failure: null })).toEqual([over]);
  });

  it("holds the first 500 lines and says so", async () => {
    const body = Array.from({ length: 600 }, (_, index) => `line ${index + 1}\r\n`).join("");
    const text = await read(composeReport(await order(body), context));
    expect(text).toContain("line 500\r\n");
    expect(text).not.toContain("line 501");
    expect(text).toContain("[The rest of the message was left out here.]");
  });

  it("stays small when the original is one endless line", async () => {
    const text = await read(composeReport(await order(Buffer.alloc(5_000_000, "x")), context));
    expect(text.length).toBeLessThan(1_200_000);
    expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(200);
  });

  it("attaches the whole message, its bytes unchanged, when the setting says so", async () => {
    const body = Buffer.from("Subject: x\r\n\r\nbytes \xff\xfe\r\n.\r\n", "latin1");
    const text = await read(composeReport(await order(body), { ...context, style: "attach" }));
    expect(text).toContain("Content-Type: message/rfc822");
    expect(text).toContain(body.toString("latin1"));
  });

  it("leaves the content out when it was refused because of it", async () => {
    const text = (
      await read(composeReport(await order("SECRET", { form: "without-content" }), context))
    ).replaceAll("=\r\n", "");
    expect(text).not.toContain("SECRET");
    expect(text).toContain("your server refused the report that held it");
  });

  it("says so when there is nothing that could be included", async () => {
    const gone = await order("SECRET", { form: "without-content", unreadable: true });
    const text = (await read(composeReport(gone, context))).replaceAll("=\r\n", "");
    expect(text).toContain("its file has gone from the Errors folder, or cannot be read");
    expect(text).not.toMatch(/SECRET|server refused the report|stays in the Errors folder/);
  });

  it.each(["first-500-lines", "attach"] as const)(
    "broken off, leaves no original open (%s)",
    async (style) => {
      const large = await order("text\r\n".repeat(500_000));
      const report = composeReport(large, { ...context, style });
      for await (const _ of report) break;
      await vi.waitFor(() => expect(timesOpen(large.path)).toBe(0));
    },
  );

  it("fails, and does not end early, when the original cannot be read", async () => {
    const gone = await order("x");
    await expect(read(composeReport({ ...gone, path: join(folder, "gone") }, context))).rejects.toThrow(
      "ENOENT",
    );
  });
});

/** How often this process has a file open; 0 where the system does not say. */
function timesOpen(path: string): number {
  const descriptors = "/proc/self/fd";
  if (!existsSync(descriptors)) return 0;
  return readdirSync(descriptors).filter((descriptor) => {
    try {
      return readlinkSync(join(descriptors, descriptor)) === path;
    } catch {
      return false;
    }
  }).length;
}
