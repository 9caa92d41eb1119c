/** `efs diagnose` as people start it: real processes, embedded servers. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Diagnosis, DiagnosisCheck } from "../../core/model/diagnosis.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { type Finished, startProcess } from "../support/run-efs-process.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { gatewayKit } from "./gateway-kit.ts";

const PATIENT = { timeout: 60_000 };

function efs(...args: readonly string[]): Promise<Finished> {
  return startProcess(args, { script: "core/headless/efs.ts" }).finished;
}

async function office() {
  const mailbox = await startMailboxServer([
    { uid: "a", content: Buffer.from("To: ada@office.test\r\n\r\nhello\r\n") },
  ]);
  const mailServer = await startMailServer({ users: ["ada", "postmaster"], sizeLimit: 209_715_200 });
  onTestFinished(async () => {
    await Promise.all([mailbox.close(), mailServer.close()]);
  });
  const { host, port, user: username, password } = mailbox;
  const account = { id: "main", host, port, username, password, firstUse: "all" };
  const settings = {
    accounts: [account],
    // Only the DNS is asked anything outside; what it says is not looked at.
    domains: { primary: "office.test" },
    smtp: { host: mailServer.host, port: mailServer.port },
    postmaster: { address: "postmaster@office.test" },
  };
  return { mailbox, mailServer, account, settings };
}

const subjectOf = (id: string) => (check: DiagnosisCheck) => check.id.startsWith(`${id}/`);

test(
  "all well: exit 0, nothing collected, sent or left behind; a running gateway is asked",
  PATIENT,
  async () => {
    const { mailbox, mailServer, settings } = await office();
    const kit = await gatewayKit(settings);
    await kit.importSettings(settings);
    const { code, stdout, stderr } = await efs("diagnose", "--data", kit.data);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`\nLocal mail server (127.0.0.1:${mailServer.port})\n`);
    expect(stdout).toContain("\n  ok   Login: User ");
    expect(stdout).toContain("The server refuses names at office.test that nobody has.");
    expect(stdout).toContain('The answer was: "550 5.1.1 No such user here".');
    expect(stdout).toMatch(/\n\d+ passed, \d+ warnings?, 0 failed, \d+ skipped\n$/);

    expect([mailbox.left(), mailbox.counts().openSessions, mailServer.messages]).toEqual([["a"], 0, []]);
    for (const folder of ["Inbox", "Errors", "Junk", "Backup"]) {
      expect(await readdir(join(kit.data, "mail", folder))).toEqual([]);
    }

    const serve = startProcess(["serve", "--data", kit.data, "--port", "0"], {
      script: "core/headless/efs.ts",
    });
    await serve.wrote("is running at");
    const asked = await efs("diagnose", "--data", kit.data, "--json");
    expect(asked.code).toBe(0);
    const { checks } = JSON.parse(asked.stdout) as Diagnosis;
    const verdicts = checks
      .filter(({ id }) => !id.startsWith("domains/"))
      .map(({ id, verdict }) => `${id} ${verdict}`);
    expect(verdicts).toEqual([
      "settings/consistent pass",
      "account:main/name pass",
      "account:main/connection pass",
      "account:main/greeting pass",
      "account:main/encryption pass",
      "account:main/login pass",
      "account:main/mailbox pass",
      "account:main/capabilities pass",
      "account:main/unique-ids pass",
      "server/name pass",
      "server/connection pass",
      "server/encryption pass",
      "server/greeting pass",
      "server/login pass",
      "server/size pass",
      "server/report-sender pass",
      "server/postmaster:postmaster@office.test pass",
      "server/unknown-name pass",
      "server/relay pass",
      "computer/folders pass",
      "computer/disk-space pass",
      "computer/clock pass",
    ]);
    serve.child.kill("SIGTERM");
    expect((await serve.finished).code).toBe(0);
  },
);

test(
  "what fails is told, the others go on: exit 1; the password is tried once and not shown",
  PATIENT,
  async () => {
    const { mailbox, mailServer, account, settings } = await office();
    const wrong = { ...settings, accounts: [{ ...account, password: "wr0ng-s3cret" }] };
    const kit = await gatewayKit(wrong);
    await kit.importSettings(wrong);
    await mailServer.stop();
    const { code, stdout } = await efs("diagnose", "--data", kit.data, "--json");
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout) as Diagnosis;
    const failed = checks.filter(({ verdict }) => verdict === "fail").map(({ id, place }) => [id, place]);
    expect(failed).toEqual([
      ["account:main/login", "accounts[0].password"],
      ["server/connection", "smtp.port"],
    ]);
    expect(checks.filter(subjectOf("computer"))).toHaveLength(3);
    expect(mailbox.events.filter(({ kind }) => kind === "login-refused")).toHaveLength(1);
    expect(stdout).not.toContain("wr0ng");
  },
);

test(
  "without settings, or with broken ones, that comes first; the computer is examined nevertheless",
  PATIENT,
  async () => {
    const data = await temporaryFolder();
    const none = await efs("diagnose", "--data", data);
    expect(none.code).toBe(1);
    expect(none.stdout.split("\n").slice(0, 3)).toEqual([
      "Settings",
      `  FAIL Settings: There are no settings in ${data} yet.`,
      "       To do: Import some with: efs import FILE.",
    ]);
    expect(none.stdout).toContain("\n  ok   Clock: It shows ");
    await writeFile(join(data, "settings.json"), "{broken");
    const broken = await efs("diagnose", "--data", data, "--json");
    expect(broken.code).toBe(1);
    const { checks } = JSON.parse(broken.stdout) as Diagnosis;
    expect(checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      "settings/usable fail",
      "servers/examined skipped",
      "computer/folders pass",
      "computer/disk-space pass",
      "computer/clock pass",
    ]);
    expect(checks[0]?.cause).toContain("settings.json is not valid: ");
  },
);
