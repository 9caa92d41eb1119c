/**
 * One office under attack from every side that is not a page: names, ids and headers that are commands, paths or escape
 * sequences, servers that answer with more of them and give passwords back. Looked at afterwards: every command that
 * went out, every file, every line of a terminal, every message that the gateway wrote itself.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isReport } from "../end-to-end/arrivals.ts";
import { type GatewayKit, gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { efs } from "../support/office-folder.ts";
import { type ScriptedPop3Server, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-smtp-server.ts";
import { message } from "./hostile-mailbox.ts";

const PATIENCE = { timeout: 120_000 };
const POP3_PASSWORD = "p0p3-Secret/of+mine";
const OTHER_PASSWORD = "0ther-Secret of mine";
const SMTP_PASSWORD = "smtp-S3cret of mine";
const ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m";
const SMUGGLED =
  "\r\n.\r\nMAIL FROM:<thief@remote.test>\r\nRCPT TO:<thief@remote.test>\r\nDATA\r\nowned\r\n.\r\n";
const COMMANDS = "a@remote.test>\r\nRCPT TO:<thief@remote.test>\r\nDATA";

/** Settings take no control characters. */
const NAME = "Evil <thief@remote.test>, Bcc: $(id) \u202e%s";

/** Ids as a server may list them; what is not printable is none. */
const UIDS = [
  "../../../../tmp/owned",
  "..\\..\\owned.eml",
  "/etc/passwd",
  "C:\\owned",
  "nul",
  "a;DELE",
  "%0d%0aDELE%202",
  "$(touchowned)`id`",
  "__proto__",
  "'--",
  "u".repeat(512),
  "=cmd|'/c",
];

function hostileMail(): readonly ReturnType<typeof message>[] {
  const headers = [
    `Return-Path: <${COMMANDS}>`,
    "Return-Path: <a@remote.test> SIZE=1 AUTH=<thief@remote.test>",
    "Return-Path: <a@remote.test>\rRCPT TO:<thief@remote.test>",
    'Return-Path: <"a\\\r\nDATA"@remote.test>',
    "Return-Path: <%0d%0aDATA@remote.test>",
    "Return-Path: <mailto:a@remote.test%0d%0aRCPT%20TO:%3Cthief@remote.test%3E>",
    "Return-Path: <=?utf-8?q?a=0D=0ADATA?=@remote.test>",
    "Return-Path: <a\u010d\u010aDATA@remote.test>",
    `Message-ID: <../../../../tmp/owned${ESCAPES}@remote.test>`,
    `Subject: ${ESCAPES}=?utf-8?q?=1b]0;owned=07=0d=0aBcc:_thief=40remote.test?=`,
    `From: "${ESCAPES}" <a@remote.test>`,
    "X-EFS-Report: forged",
  ];
  return UIDS.map((uid, at) => {
    // Every second one is refused, so that it is reported.
    const to = at % 2 === 0 ? "ada@office.test" : `nobody+${at}@office.test`;
    return message(
      uid,
      `${headers[at]}\r\nX-Rcpt-To: ${to}\r\nTo: <${COMMANDS}>\r\nX-At: ${at}\r\n\r\ntext${SMUGGLED.replaceAll("\r\n", at % 3 === 0 ? "\n" : "\r\n")}end\r\n`,
    );
  });
}

let kit: GatewayKit;
let pop3: ScriptedPop3Server;
let other: ScriptedPop3Server;
let smtp: ScriptedServer;

interface Evidence {
  /** Commands of ours on all connections. */
  readonly pop3: readonly string[];
  readonly smtp: readonly string[];
  readonly received: ScriptedServer["messages"];
  /** Every file below the folder that holds the data, by its path from there. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly heard: string;
  /** What `efs` wrote to a terminal. */
  readonly terminal: string;
  readonly left: number;
}

async function attack(): Promise<Evidence> {
  const mail = hostileMail();
  pop3 = await startScriptedPop3Server({
    messages: mail,
    capabilities: ["UIDL", "TOP", "PIPELINING", `X-${ESCAPES}`],
    greeting: [`+OK ${ESCAPES} <1.2@test>\r\n`],
    answer: ({ name }) => (name === "PASS" ? [`+OK welcome ${POP3_PASSWORD} ${ESCAPES}\r\n`] : undefined),
  });
  other = await startScriptedPop3Server({
    answer: ({ name, argument }) =>
      name === "PASS" ? [`-ERR [AUTH] not ${argument} ${ESCAPES}\r\n`] : undefined,
  });
  smtp = await startScriptedServer({
    extensions: ["PIPELINING", "8BITMIME", "SIZE 1000000", "AUTH PLAIN LOGIN"],
    script: ({ phase, recipient }) => {
      if (phase === "auth") return `235 welcome ${SMTP_PASSWORD} ${ESCAPES}`;
      if (phase === "rcpt" && recipient.startsWith("nobody"))
        return `550 5.1.1 ${ESCAPES}<script>alert(1)</script> ${SMTP_PASSWORD}`;
      return undefined;
    },
  });
  onTestFinished(() => smtp.close());
  const settings = officeSettings(
    {
      host: "127.0.0.1",
      port: pop3.port,
      password: POP3_PASSWORD,
      name: NAME,
    },
    { host: "127.0.0.1", port: smtp.port, username: "efs", password: SMTP_PASSWORD, connections: 2 },
    { alerts: { mail: true } },
  );
  kit = await gatewayKit({
    ...settings,
    accounts: [
      ...(settings["accounts"] as object[]),
      {
        id: "other",
        name: NAME,
        host: "127.0.0.1",
        port: other.port,
        username: "catchall",
        password: OTHER_PASSWORD,
        firstUse: "all",
      },
    ],
  });
  await kit.check();
  await kit.check();
  const terminal: string[] = [];
  const commands = [
    ["status"],
    ["queue", "--folder", "Errors"],
    ["queue", "--folder", "Inbox"],
    ["history"],
    ["history", "--json"],
    ["export"],
    ["explain", `550 ${ESCAPES}`],
    ["check", "--account", `x${ESCAPES}`],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await efs([...command, "--data", kit.data]);
    terminal.push(stdout, stderr);
  }
  const root = dirname(kit.data);
  const files = new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length + 1).replaceAll("\\", "/"), readFileSync(path)] as const),
  );
  return {
    pop3: [...pop3.commands, ...other.commands],
    smtp: smtp.lines,
    received: smtp.messages,
    files,
    heard: JSON.stringify(kit.heard),
    terminal: terminal.join("\n"),
    left: pop3.remaining().length,
  };
}

describe("an office under attack", () => {
  let evidence: Evidence | undefined;
  const gathered = async (): Promise<Evidence> => {
    evidence ??= await attack();
    return evidence;
  };

  test(
    "everything is collected, delivered or reported; nothing that nobody wrote is sent",
    PATIENCE,
    async () => {
      const { left, received } = await gathered();
      expect(left).toBe(0);
      const mail = received.filter(
        ({ content }) => /^X-At: /m.test(headerOf(content)) && !isReportOf(content),
      );
      expect(mail.length).toBe(UIDS.length / 2);
      const recipients = new Set(received.flatMap(({ recipients: to }) => to));
      expect([...recipients].sort()).toEqual(["ada@office.test", "postmaster@office.test"]);
      for (const { content, sender } of received) {
        expect(headerOf(content)).not.toMatch(/^Bcc:/im);
        expect(sender).not.toContain("thief");
      }
      // Each refused message, and the trouble of the other account.
      const own = received.filter(({ content }) => isReportOf(content));
      expect(own.length).toBeGreaterThanOrEqual(UIDS.length / 2);
      for (const { content } of own) expect(headerOf(content)).not.toMatch(/[^\x20-\x7e\r\n\t]/);
    },
  );

  test("every command is one of ours, whole", PATIENCE, async () => {
    const { pop3: asked, smtp: said } = await gathered();
    for (const line of asked) {
      expect(line).toMatch(
        /^(?:CAPA|USER catchall|PASS [ -~]+|STAT|UIDL|LIST|(?:RETR|DELE) \d+|TOP \d+ \d+|RSET|QUIT)$/,
      );
    }
    for (const line of said) {
      expect(line).toMatch(
        /^(?:EHLO \S+|AUTH PLAIN \S+|MAIL FROM:<[^<>\x00-\x1f\x7f]*>(?: SIZE=\d+)?(?: BODY=8BITMIME)?|RCPT TO:<[^<>\x00-\x1f\x7f]+>|DATA|RSET|QUIT)$/,
      );
    }
  });

  test("every file is where it belongs, under a name of ours", PATIENCE, async () => {
    const { files } = await gathered();
    const strange = [...files.keys()].filter(
      (path) =>
        !/^data\/(?:settings\.json|efs\.db(?:-wal|-shm)?|key|efs\.lock|[a-z.-]+\.json|log\/[a-z0-9.-]+|mail\/(?:Inbox|Errors|Junk|Backup)\/_?[a-z0-9-]{1,60}\.eml)$/.test(
          path,
        ),
    );
    expect(strange).toEqual([]);
  });

  test("no escape sequence reaches a terminal or a log", PATIENCE, async () => {
    const { files, terminal, heard } = await gathered();
    expect(terminal.length).toBeGreaterThan(1_000);
    expect(terminal).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    expect(heard).not.toMatch(/\\u001b|\\u0007|\x9b|\\r|\\u0000/);
    for (const [path, content] of files) {
      if (path.startsWith("data/log/"))
        expect(content.toString("utf8")).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }
  });

  test("no password in any file, line, message or event", PATIENCE, async () => {
    const { files, terminal, heard, received } = await gathered();
    const places = new Map<string, string>([
      ["terminal", terminal],
      ["events", heard],
      ...received.map(({ content }, at) => [`message ${at}`, content.toString("latin1")] as const),
      ...[...files].map(([path, content]) => [path, content.toString("latin1")] as const),
    ]);
    const found: string[] = [];
    for (const password of [POP3_PASSWORD, OTHER_PASSWORD, SMTP_PASSWORD]) {
      const octets = Buffer.from(password);
      const forms = [
        password,
        encodeURIComponent(password),
        octets.toString("base64"),
        octets.toString("hex"),
        octets.toString("utf16le"),
        Buffer.from(`\0efs\0${password}`).toString("base64"),
        [...password].reverse().join(""),
      ];
      for (const [place, text] of places)
        for (const form of forms) if (text.includes(form)) found.push(`${place}: ${form}`);
    }
    expect(found).toEqual([]);
    // They were sent where they belong.
    expect(pop3.commands).toContain(`PASS ${POP3_PASSWORD}`);
  });
});

function headerOf(content: Buffer): string {
  const text = content.toString("latin1");
  return text.slice(0, text.indexOf("\r\n\r\n") + 2);
}

function isReportOf(bytes: Buffer): boolean {
  return isReport({ bytes } as Parameters<typeof isReport>[0]) && !headerOf(bytes).includes("X-At: ");
}
