import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type AlertMailContext, composeAlertMail, type MailedAlert } from "../../core/outcome/alert-mail.ts";
import { parseHeaderBlock } from "../../core/wire/header-block.ts";
import { isOwnReport } from "../../core/wire/report-header.ts";

const context: AlertMailContext = {
  primaryDomain: "example.com",
  postmaster: "postmaster@example.com",
  hostName: "gateway.office.lan",
  installationId: "0f3a",
  now: Date.UTC(2026, 10, 20, 15, 20, 36),
};

const HOUR = 3_600_000;
const refused: MailedAlert = {
  cause: "pop3-login-refused:main",
  problem: {
    code: "pop3-login-refused",
    what: 'The server pop.example.net:995 did not take user and password of account "main".',
    cure: "Enter the password again, and check the user name.",
    quote: "-ERR [AUTH] Authentication failed",
  },
  firstAt: context.now - 600,
  lastAt: context.now - 600,
  times: 1,
  over: false,
  lines: [
    { at: context.now - 2_000, source: "pop3", level: "info", text: "main: connected" },
    {
      at: context.now - 1_000,
      source: "pop3",
      level: "error",
      text: "main: The server did not take user and password.",
    },
  ],
};
const down: MailedAlert = {
  cause: "route-down",
  problem: {
    code: "smtp-refused",
    what: "The local mail server mail.office.lan:25 refused the connection.",
    cure: "Start the mail server.",
  },
  firstAt: context.now - 5 * HOUR,
  lastAt: context.now - HOUR,
  times: 5,
  over: true,
  lines: [],
};

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("latin1");
}

describe("composeAlertMail", () => {
  it("is the whole mail about one alert, line by line", async () => {
    expect(await read(composeAlertMail([refused], context))).toMatchInlineSnapshot(`
      "Auto-Submitted: auto-generated
      X-Efs-Report: 0f3a alert
      From: EFS Mail Gateway <MAILER-DAEMON@example.com>
      To: postmaster@example.com
      Subject: =?UTF-8?Q?EFS_Mail_Gateway=3A_The_server_pop=2Eexa?=
       =?UTF-8?Q?mple=2Enet=3A995_did_not_take_user_and_p?=
       =?UTF-8?Q?assword_of_account_=22main=22=2E?=
      Message-ID: <1795188036000.alert@example.com>
      Date: Fri, 20 Nov 2026 15:20:36 +0000
      Content-Transfer-Encoding: quoted-printable
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8

      The mail gateway has something that you should know:

      The server pop.example.net:995 did not take user and password of account =
      "main".
         Why: the answer was "-ERR [AUTH] Authentication failed"
         What to do: Enter the password again, and check the user name.
         When: Fri, 20 Nov 2026 15:20:35 GMT
         The last lines of the log about it (times in UTC):
           15:20:34 pop3: main: connected
           15:20:35 pop3: main: The server did not take user and password.

      There is at most one alert an hour for the same cause.

      EFS Mail Gateway on gateway.office.lan
      "
    `);
  });

  it("is the whole mail about several, line by line", async () => {
    const often = { ...refused, cause: "x", firstAt: context.now - 3 * HOUR, times: 12, lines: [] };
    expect(await read(composeAlertMail([down, often], context))).toMatchInlineSnapshot(`
      "Auto-Submitted: auto-generated
      X-Efs-Report: 0f3a alert
      From: EFS Mail Gateway <MAILER-DAEMON@example.com>
      To: postmaster@example.com
      Subject: EFS Mail Gateway: 2 alerts
      Message-ID: <1795188036000.alert@example.com>
      Date: Fri, 20 Nov 2026 15:20:36 +0000
      Content-Transfer-Encoding: quoted-printable
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8

      The mail gateway has 2 things that you should know:

      1. The local mail server mail.office.lan:25 refused the connection.
         What to do: Start the mail server.
         When: since Fri, 20 Nov 2026 10:20:36 GMT. It is over: otherwise this =
      mail could not have been sent.

      2. The server pop.example.net:995 did not take user and password of account=
       "main".
         Why: the answer was "-ERR [AUTH] Authentication failed"
         What to do: Enter the password again, and check the user name.
         When: 12 times from Fri, 20 Nov 2026 12:20:36 GMT to Fri, 20 Nov 2026 =
      15:20:35 GMT

      There is at most one alert an hour for the same cause.

      EFS Mail Gateway on gateway.office.lan
      "
    `);
  });

  it("is known as ours when it comes back", async () => {
    const text = await read(composeAlertMail([refused], context));
    const header = parseHeaderBlock(Buffer.from(text, "latin1"));
    expect(isOwnReport(header, "0f3a")).toBe(true);
    expect(isOwnReport(header, "another")).toBe(false);
  });

  it("lets nothing from outside into its header or out of its line", async () => {
    const problem = {
      code: "x",
      what: "a\r\nBcc: evil@x\r\n\r\nbody\u2028",
      cure: "b\r\n.\r\n",
      quote: "c\r\nd",
    };
    const lines = [{ at: 0, source: "pop3", level: "info" as const, text: `e\r\nf${"g".repeat(5_000)}` }];
    const text = await read(composeAlertMail([{ ...refused, problem, lines }], context));
    const header = parseHeaderBlock(Buffer.from(text, "latin1"));
    expect(header.get("Bcc")).toBeNull();
    expect(text).not.toMatch(/^(?:Bcc|body|d|f)/m);
    expect(Math.max(...text.split("\r\n").map(({ length }) => length))).toBeLessThan(200);
  });

  it("stays readable in a flood", async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...refused,
      problem: { ...refused.problem, what: `Number ${index} broke.` },
    }));
    const text = await read(composeAlertMail(many, context));
    expect(text).toContain("Subject: EFS Mail Gateway: 300 alerts\r\n");
    expect(text.match(/What to do/g)).toHaveLength(20);
    expect(text).toContain("- Number 99 broke.\r\n- 200 more, see the log.\r\n");
    expect(text).not.toContain("Number 100 ");
  });
});
