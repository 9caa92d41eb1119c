/** `efs resolve`, `efs headers`, `efs aliases`, `efs users`: words, JSON, exit codes. */
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openGateway } from "../../core/gateway.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { providerMail } from "../support/provider-mail.ts";
import { runEfsHere as efs } from "../support/run-efs-here.ts";
import { settingsInput } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const R = "Received: from a by mx.isp.example with ESMTP; Fri, 20 Nov 2026 10:00:00 +0000\r\n";
const MESSAGE = `X-Original-To: info@example.com\r\n${R}${R}Delivered-To: evil@example.com\r\nReturn-Path: <>\r\nTo: list@else.example\r\nSubject: Hi \x1b[2J\r\n\r\nbody\r\n`;

async function files(
  settings: Record<string, unknown> = settingsInput({
    aliases: { "info@example.com": ["anna@example.com", "bob@example.com"] },
  }),
) {
  const folder = await temporaryFolder();
  const settingsFile = join(folder, "settings-file.json");
  const messageFile = join(folder, "message.eml");
  await writeFile(settingsFile, JSON.stringify(settings));
  await writeFile(messageFile, MESSAGE);
  return { folder, settingsFile, messageFile, data: join(folder, "data") };
}

test("resolve: recipients, sender, verdict and every reason; nothing is made, no data folder is needed", async () => {
  const { settingsFile, messageFile, data, folder } = await files();
  const finished = await efs(["resolve", messageFile, "--settings", settingsFile, "--data", data]);
  expect(finished).toEqual({
    code: 0,
    stderr: "",
    stdout: [
      "Subject:    Hi  [2J",
      "Sender:     <> (nobody: it must not be answered)",
      "Recipients: <anna@example.com>",
      "            <bob@example.com>",
      "Verdict:    The message is for known recipients.",
      "            It passes.",
      "Why:",
      "  kept     info@example.com (X-Original-To, field 1): The provider wrote this header; it says for whom the message was.",
      "  dropped  evil@example.com (Delivered-To, field 4): It stands below the provider's Received lines, where the sender can write what he likes.",
      "  dropped  list@else.example (To, field 6): A header that goes before this one has decided already.",
      "  mapped   info@example.com -> anna@example.com, bob@example.com (X-Original-To, field 1): An alias stands for it.",
      "",
    ].join("\n"),
  });
  expect(await readdir(folder)).toEqual(["message.eml", "settings-file.json"]);
});

test("resolve: standard input, JSON, another account; the lists of the data folder count", async () => {
  const accounts = [
    { id: "main", host: "pop.example.net", username: "office", password: "s3cret" },
    {
      id: "other",
      host: "pop.example.net",
      username: "o",
      password: "p",
      trustedReceivedLines: 3,
      headers: { custom: ["Delivered-To"] },
    },
  ];
  const { settingsFile, data } = await files(settingsInput({ accounts }));
  await mkdir(data);
  await writeFile(join(data, "settings.json"), await readFile(settingsFile));
  await writeFile(join(data, "efsusers.txt"), "evil@example.com\n");
  await writeFile(join(data, "efsalias.txt"), "info@example.com = boss@else.example\n");
  const main = await efs(["resolve", "-", "--data", data, "--json"], { input: MESSAGE });
  const why = (stdout: string): unknown => JSON.parse(stdout);
  expect([main.code, main.stderr]).toEqual([0, ""]);
  expect(why(main.stdout)).toMatchObject({
    accountId: "main",
    resolution: {
      recipients: [{ address: "boss@else.example" }],
      trail: [
        { rule: "envelope-header", why: "The provider wrote this header; it says for whom the message was." },
        {},
        {},
        { rule: "alias" },
      ],
    },
  });
  const other = await efs(["resolve", "-", "--data", data, "--json", "--account", "other"], {
    input: MESSAGE,
  });
  expect(why(other.stdout)).toMatchObject({
    accountId: "other",
    resolution: { recipients: [{ address: "evil@example.com" }] },
  });
  const words = await efs(["resolve", "-", "--data", data], { input: MESSAGE });
  expect(words.stderr).toBe('As mail of account "main"; another one with --account ID.\n');
  // Nothing was written beside what was there: no key, no copy of the lists, no lock.
  expect((await readdir(data)).sort()).toEqual(["efsalias.txt", "efsusers.txt", "settings.json"]);
});

test("resolve: what goes to Junk, and to the postmaster, in words", async () => {
  const { data, settingsFile, messageFile } = await files();
  await mkdir(data);
  await writeFile(join(data, "efsusers.txt"), "somebody@example.com\n");
  const junk = await efs(["resolve", messageFile, "--settings", settingsFile, "--data", data]);
  expect(junk.stdout).toContain(
    "Recipients: none\nVerdict:    None of its recipients is in the list of users.\n            It goes to Junk: None of its recipients is in the list of users.\n",
  );
  const nobody = await efs(["resolve", "-", "--settings", settingsFile, "--data", data], {
    input: "To: x@else.example\r\n\r\n",
  });
  expect(nobody.stdout).toContain(
    "Recipients: <postmaster@example.com> (the postmaster)\nVerdict:    No address of our domains was found in the header; it goes to the postmaster.\n            It passes.\n",
  );
});

test.each([
  ["an empty file", Buffer.alloc(0)],
  ["a file that is no message", Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 37) % 256))],
])("resolve: %s is judged, and it is said that it looks like none", async (_what, content) => {
  const { data, settingsFile, folder } = await files();
  const file = join(folder, "odd");
  await writeFile(file, content);
  const { code, stdout, stderr } = await efs(["resolve", file, "--settings", settingsFile, "--data", data]);
  expect([code, stderr]).toEqual([0, "This does not look like a message: there is no header in it.\n"]);
  expect(stdout).toContain("Recipients: <postmaster@example.com> (the postmaster)\n");
});

test("resolve: of a message larger than memory only the head is read", async () => {
  const { data, settingsFile, folder } = await files();
  const file = join(folder, "huge.eml");
  await writeFile(file, MESSAGE);
  await truncate(file, 20_000_000_000);
  const { code, stdout, stderr } = await efs(["resolve", file, "--settings", settingsFile, "--data", data]);
  expect([code, stderr]).toEqual([
    0,
    "Collecting leaves a message of this size at the provider; this is for one that gets here all the same.\n",
  ]);
  expect(stdout).toContain("Recipients: <anna@example.com>\n");
  expect(stdout).toContain(
    "It goes to Junk: The message is larger than the maximum message size: 20,000,000,000 bytes; 157,286,400 are allowed.\n",
  );
});

test("a file that is no list: the first lines are told, and how many more are wrong", async () => {
  const { data } = await files();
  const input = "no address\n".repeat(23);
  const { code, stdout, stderr } = await efs(["users", "import", "-", "--data", data], { input });
  expect([code, stdout, stderr.split("\n").slice(19)]).toEqual([
    2,
    "",
    [
      'line 20 ("no address") is not an address, like name@example.com',
      "and 3 more lines",
      "efs: Nothing was imported. Correct the file and import it again.",
      "",
    ],
  ]);
});

test.each<[string[], string]>([
  [["resolve", "MESSAGE"], "There are no settings in"],
  [
    ["resolve", "nope.eml", "--settings", "SETTINGS"],
    "Reading nope.eml failed: there is no such file or folder.",
  ],
  [["resolve", "MESSAGE", "--settings", "nope.json"], "Reading nope.json failed"],
  [["resolve", "MESSAGE", "--settings", "MESSAGE"], "is not valid: "],
  [
    ["resolve", "MESSAGE", "--settings", "SETTINGS", "--account", "x"],
    'There is no account "x" in the settings.',
  ],
  [["resolve", "-", "--settings", "-"], "cannot both come from standard input"],
  [["headers"], "required option '--account <id>' not specified"],
  [["headers", "--account", "main", "--count", "0"], "a number from 1 to 500"],
  [["aliases", "frob"], "unknown command"],
  [["users", "import", "nope.txt"], "Reading nope.txt failed"],
])("%j: told, exit 2", async (args, words) => {
  const { data, settingsFile, messageFile } = await files();
  const finished = await efs([
    "--data",
    data,
    ...args.map((arg) => (arg === "MESSAGE" ? messageFile : arg === "SETTINGS" ? settingsFile : arg)),
  ]);
  expect([finished.code, finished.stdout]).toEqual([2, ""]);
  expect(finished.stderr).toContain(words);
});

test("aliases and users: imported, exported; wrong lines with their numbers", async () => {
  const { data, settingsFile, folder } = await files();
  const aliases = join(folder, "aliases.txt");
  await writeFile(aliases, "# ours\r\nsales@example.com = kim@example.com\r\nspam@example.com = NOTHING\r\n");
  expect(await efs(["aliases", "import", aliases, "--data", data])).toMatchObject({ code: 2, stdout: "" });
  await efs(["import", settingsFile, "--data", data]);
  expect(await efs(["aliases", "import", aliases, "--data", data])).toEqual({
    code: 0,
    stdout: "Imported: 2 aliases.\n",
    stderr: "",
  });
  expect(await readFile(join(data, "efsalias.txt"), "utf8")).toBe(await readFile(aliases, "utf8"));
  const exported =
    "info@example.com = anna@example.com, bob@example.com\nsales@example.com = kim@example.com\nspam@example.com = IGNORE\n";
  expect(await efs(["aliases", "export", "-", "--data", data])).toEqual({
    code: 0,
    stdout: exported,
    stderr: "",
  });
  const target = join(folder, "exported.txt");
  expect(await efs(["aliases", "export", target, "--data", data])).toEqual({
    code: 0,
    stdout: "",
    stderr: "Exported: 3 aliases.\n",
  });
  expect(await readFile(target, "utf8")).toBe(exported.replaceAll("\n", "\r\n"));

  const input = "anna@example.com\nno address\nbob@example.com, kim@example.com\n";
  const wrong = await efs(["users", "import", "-", "--data", data], { input });
  expect(wrong).toEqual({
    code: 2,
    stdout: "",
    stderr:
      'line 2 ("no address") is not an address, like name@example.com\nline 3 ("bob@example.com, kim@example.com") holds several addresses; write one a line\nefs: Nothing was imported. Correct the file and import it again.\n',
  });
  const json = await efs(["users", "import", "-", "--data", data, "--json"], { input });
  expect(JSON.parse(json.stdout)).toMatchObject({
    error: { code: "settings-list-invalid" },
    problems: [{ line: 2 }, { line: 3 }],
  });
  const three = "anna@example.com\nbob@example.com\nkim@example.com\n";
  expect((await efs(["users", "import", "-", "--data", data], { input: three })).stdout).toBe(
    "Imported: 3 users.\n",
  );
  const short = await efs(["users", "import", "-", "--data", data], { input: "anna@example.com\n" });
  expect([short.code, short.stderr]).toEqual([
    2,
    expect.stringContaining("This list has 1 user; the one in force has 3."),
  ]);
  expect(
    (await efs(["users", "import", "-", "--data", data, "--shorter"], { input: "anna@example.com\n" })).code,
  ).toBe(0);
  expect((await efs(["users", "export", "-", "--data", data])).stdout).toBe("anna@example.com\n");
});

test("headers: the table and the advice; adopted on request", async () => {
  const messages = Array.from({ length: 12 }, (_, n) => ({
    uid: `m${n}`,
    content: Buffer.from(`${providerMail("original-to", n, "example.com").header}\r\nbody\r\n`),
  }));
  const server = await startMailboxServer(messages);
  onTestFinished(() => server.close());
  const { host, port, user, password } = server;
  const { data, settingsFile } = await files(
    settingsInput({ accounts: [{ id: "main", host, port, username: user, password }] }),
  );
  await efs(["import", settingsFile, "--data", data]);
  const found = await efs(["headers", "--account", "main", "--data", data], { openGateway });
  expect(found).toEqual({
    code: 0,
    stderr: "",
    stdout: [
      "Looked at the newest 12 of 12 messages; nothing was changed in the mailbox.",
      "",
      "header         messages  counting  different  Received above  for example",
      "X-Original-To  12        12        6          0               info@example.com, sales@example.com, lee@example.com",
      "To             8         8         4          2               info@example.com, sales@example.com, kim@example.com",
      "Delivered-To   0         0         0                          only the mailbox's own address",
      "",
      "Use X-Original-To: it names a recipient of your domains in 12 of 12 messages, above the provider's Received lines; To or Cc name one in only 8.",
      "Your provider (isp.example) writes the topmost Received line of nearly every message; what stands below can be forged by the sender.",
      "catchall@example.com: It stands in Delivered-To of 12 of 12 messages, though 8 of them are addressed to others of your domains: it is the mailbox's own address.",
      "To change the settings accordingly: efs headers --account main --adopt",
      "",
    ].join("\n"),
  });
  const adopted = await efs(["headers", "--account", "main", "--adopt", "--json", "--data", data], {
    openGateway,
  });
  expect(JSON.parse(adopted.stdout)).toMatchObject({ adopted: true, adopt: { trustedReceivedLines: 1 } });
  const after = JSON.parse(await readFile(join(data, "settings.json"), "utf8")) as { accounts: unknown[] };
  expect(after.accounts[0]).toMatchObject({
    trustedReceivedLines: 1,
    mailboxAddresses: ["catchall@example.com"],
  });
  expect([server.counts().left, server.counts().commands["DELE"]]).toEqual([12, undefined]);
});
