/**
 * Two things that a stranger, or a server, must not get out of a run: a password anywhere but sealed in the settings, even
 * where a server says it back; and a terminal that does what a message or an answer says.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { efs } from "../support/office-folder.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";

const POP3_PASSWORD = "p0p3-Geheim-4711";
const SMTP_PASSWORD = "smtp-Geheim-0815";
const ESCAPE = "\x1b]0;owned\x07\x1b[2J\x1b[31mowned\x9b2J\x08\x7f";
const MAIL = Buffer.from(
  [
    "Return-Path: <attacker@remote.test>",
    "X-Original-To: nobody@office.test",
    `From: "${ESCAPE}" <attacker@remote.test>`,
    `Subject: hostile ${ESCAPE}`,
    `Message-ID: <${ESCAPE}@remote.test>`,
    `X-Escape: ${ESCAPE}`,
    "",
    ESCAPE,
    "",
  ].join("\r\n"),
  "latin1",
);

/** In each form in which a password goes over a wire or into a file. */
function forms(password: string, user: string): readonly string[] {
  return [
    password,
    Buffer.from(password).toString("base64"),
    Buffer.from(`\0${user}\0${password}`).toString("base64"),
    Buffer.from(password).toString("hex"),
    encodeURIComponent(JSON.stringify(password)),
  ];
}

const SECRETS = [...forms(POP3_PASSWORD, "catchall"), ...forms(SMTP_PASSWORD, "gateway")];

function holdingSecrets(name: string, content: Buffer | string): readonly string[] {
  const text = content.toString("latin1");
  return SECRETS.filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret}`);
}

test("no secret in any file, log, conversation, message or output; no escape in any output", {
  timeout: 60_000,
}, async () => {
  const pop3 = await startMailboxServer([{ uid: `u${"\x1b[2J"}`.replaceAll("\x1b", "!"), content: MAIL }], {
    password: POP3_PASSWORD,
  });
  onTestFinished(() => pop3.close());
  const smtp = await startMailServer({
    users: ["postmaster"],
    login: { user: "gateway", password: SMTP_PASSWORD },
  });
  onTestFinished(() => smtp.close());
  smtp.policy.unknown = { code: 550, text: `5.1.1 no such user ${ESCAPE} ${SMTP_PASSWORD}` };
  const server = {
    host: "127.0.0.1",
    port: smtp.port,
    username: "gateway",
    password: SMTP_PASSWORD,
  };
  const kit = await gatewayKit(
    officeSettings({ host: "127.0.0.1", port: pop3.port, password: POP3_PASSWORD }, server, {
      alerts: { mail: true },
      postmaster: { address: "postmaster@office.test", reportStyle: "attach" },
    }),
  );
  await kit.check();
  // The server says the password back.
  pop3.addFault({ on: "PASS", act: { kind: "refuse", text: `not ${POP3_PASSWORD} ${ESCAPE}` } });
  await kit.check();
  expect(smtp.messages.length).toBeGreaterThan(0);
  expect(kit.heard.transcript.length).toBeGreaterThan(20);

  const outputs: [string, string][] = [];
  const [queueId = ""] = /[0-9A-F]{12}/.exec(kit.mailLog()) ?? [];
  for (const command of [
    ["status"],
    ["queue", "--folder", "Errors"],
    ["history"],
    ["history", queueId],
    ["export"],
    ["explain", `550 5.1.1 ${ESCAPE.replaceAll("\x08", "")}`],
    ["resolve", join(kit.data, "mail", "Errors", [...kit.files("Errors").keys()][0] ?? "")],
    ["headers", "--account", "main"],
    ["check"],
  ]) {
    const { stdout, stderr } = await efs([...command, "--data", kit.data]);
    outputs.push([command.join(" "), `${stdout}${stderr}`]);
  }
  const controls = outputs.filter(([, text]) => /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(text));
  expect(controls.map(([name, text]) => [name, JSON.stringify(text)])).toEqual([]);
  // What the stranger wrote was shown, and so was made harmless.
  expect(outputs.filter(([, text]) => text.includes("owned")).length).toBeGreaterThan(2);

  const files = readdirSync(kit.data, { recursive: true, encoding: "utf8" })
    .map((name) => join(kit.data, name))
    .filter((path) => statSync(path).isFile());
  expect(
    files.some((path) => path.endsWith("efs.log")) && files.some((path) => path.endsWith("efs.db")),
  ).toBe(true);
  const found = [
    ...files.flatMap((path) => holdingSecrets(path.slice(kit.data.length), readFileSync(path))),
    ...smtp.messages.flatMap(({ bytes, sequence }) => holdingSecrets(`message ${sequence}`, bytes ?? "")),
    ...outputs.flatMap(([name, text]) => holdingSecrets(name, text)),
    ...holdingSecrets("conversation", JSON.stringify(kit.heard.transcript)),
    ...holdingSecrets("alerts", JSON.stringify(kit.heard.alerts)),
    ...holdingSecrets("log", JSON.stringify(kit.heard.logs)),
  ];
  expect(found).toEqual([]);
});
