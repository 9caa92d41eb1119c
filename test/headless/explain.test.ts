/** `efs explain`: needs neither settings nor a data folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runEfsHere as efs } from "../support/run-efs-here.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("efs explain", () => {
  test("an answer, in words", async () => {
    const data = join(await temporaryFolder(), "none");
    expect(await efs(["explain", "450 4.2.0 Greylisted, try again in 300 seconds", "--data", data])).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        "Kind:       greylisted",
        "Meaning:    The server asks to come again in a few minutes. This is greylisting: strangers are sent away once, because most spammers do not come back.",
        "Who acts:   nobody",
        "What to do: The message is tried again by itself. To save the delay, exempt this computer's IP address from greylisting on your mail server.",
        "Permanent:  no, it is worth trying again",
        "",
      ].join("\n"),
    });
    expect(existsSync(data)).toBe(false);
  });

  test("as JSON; several words without quotes are one answer", async () => {
    const { code, stdout } = await efs(["explain", "--json", "552", "5.2.2", "Mailbox", "full"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        answer: { code: 552, enhanced: "5.2.2", text: "Mailbox full" },
        category: "mailbox-full",
        meaning: "The recipient's mailbox is full.",
        who: "office-server",
        cure: "Free space in the mailbox or raise its quota on the mail server, then send the message again.",
        permanent: true,
      },
    ]);
  });

  test("several lines from standard input", async () => {
    const input = "550-5.1.1 The mailbox does\r\n550 5.1.1 not exist\r\n";
    const { code, stdout } = await efs(["explain", "-", "--json"], { input });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { answer: { text: "The mailbox does not exist" }, category: "unknown-user" },
    ]);
  });

  test("a line of Postfix's log", async () => {
    const line =
      "Nov 20 15:20:36 host postfix/smtp[3110]: 77424110EA2E: to=<a@b.example>, relay=mail[192.0.2.1]:25, dsn=5.7.1, status=bounced (host mail[192.0.2.1] said: 554 5.7.1 <a@b.example>: Relay access denied (in reply to RCPT TO command))";
    const { stdout } = await efs(["explain", line]);
    expect(stdout).toMatch(/^Kind: {7}relay denied\n/);
  });

  test("what nobody knows is exit 0 too, without a promise", async () => {
    const { code, stdout } = await efs(["explain", "zzz"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Kind: {7}other\n/);
    expect(stdout).toContain("Permanent:  the answer does not say\n");
  });

  test("no answer is wrong usage", async () => {
    for (const [args, input] of [
      [["explain", ""], ""],
      [["explain", "-"], " \r\n"],
      [["explain"], ""],
    ] as const) {
      const finished = await efs(args, { input });
      expect([finished.code, finished.stdout]).toEqual([2, ""]);
      expect(finished.stderr).toMatch(/There is no answer to explain|missing required argument/);
    }
  });

  test("endless input is read only as far as it is looked at", async () => {
    const input = `550 5.1.1 No such user ${"x".repeat(1_000_000)}`;
    const { code, stdout } = await efs(["explain", "-", "--json"], { input });
    expect(code).toBe(0);
    expect(stdout.length).toBeLessThan(4_000);
  });
});
