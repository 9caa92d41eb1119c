/**
 * Files of the data folder as a bad disk leaves them. What is provably damaged is put aside and named, and mail goes on:
 * what waited in Inbox is delivered from its files, once; Errors, Junk and Backup are listed again, and nothing in them
 * is sent by itself.
 */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type GatewayKit, gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { type MailboxServer, startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { createRandom } from "../support/random.ts";
import { makeSamples } from "../support/sample-messages.ts";
import { type MailServer, startMailServer } from "../support/smtp-mail-server.ts";

const LONG = process.env["EFS_LONG"] === "1";
const SLOW = { timeout: LONG ? 300_000 : 60_000 };
const WAITING = 3;

let kit: GatewayKit;
let pop3: MailboxServer;
let smtp: MailServer;
/** The data folder as it is while the mail server is down. */
let whole: string;
/** What lies in Errors, Junk and Backup. */
let kept: readonly string[];

function folders(): readonly string[] {
  return ["Errors", "Junk", "Backup"].flatMap((folder) =>
    readdirSync(join(kit.data, "mail", folder)).map((file) => `${folder}/${file}`),
  );
}

beforeEach(async () => {
  pop3 = await startMailboxServer([]);
  onTestFinished(() => pop3.close());
  smtp = await startMailServer({ users: ["ada", "postmaster"] });
  onTestFinished(() => smtp.close());
  kit = await gatewayKit(
    officeSettings(
      { host: "127.0.0.1", port: pop3.port },
      { host: "127.0.0.1", port: smtp.port },
      { backup: { enabled: true } },
    ),
  );
  const mail = (first: number, count: number, user: string) =>
    makeSamples(count, { profile: "small", first, users: [user], ways: ["x-original-to"] });
  pop3.add([...mail(0, 2, "ada"), ...mail(2, 1, "nobody")]);
  await kit.check();
  // What a person once saved into Junk.
  writeFileSync(join(kit.data, "mail", "Junk", "saved.eml"), "Subject: saved\r\n\r\nby hand\r\n");
  await smtp.stop();
  pop3.add(mail(3, WAITING, "ada"));
  await kit.check();
  await smtp.start();
  kept = folders();
  expect(kept.map((path) => path.split("/")[0])).toEqual(["Errors", "Junk", "Backup", "Backup"]);
  expect([kit.files("Inbox").size, pop3.left()]).toEqual([WAITING, []]);
  whole = `${kit.data}.whole`;
  cpSync(kit.data, whole, { recursive: true });
});

/** The damaged folder is started and checked; gives what was said. */
async function expectMailGoesOn(what: string): Promise<readonly string[]> {
  const before = smtp.messages.length;
  kit.heard.alerts.length = 0;
  const gateway = await kit.open();
  try {
    const { problems } = await gateway.check({ sendNow: true });
    expect([what, problems]).toEqual([what, []]);
    const sent = smtp.messages.slice(before).map(({ bytes }) => /X-Sample: (\S+)/.exec(String(bytes))?.[1]);
    expect([what, sent.sort()]).toEqual([what, ["1-small-00003", "1-small-00004", "1-small-00005"]]);
    const listed = (["Errors", "Junk", "Backup"] as const).flatMap((folder) =>
      gateway.queue({ folder }).map(({ file }) => `${folder}/${file}`),
    );
    // The three are in Backup now too.
    expect([what, kept.filter((path) => !listed.includes(path)), listed.length]).toEqual([
      what,
      [],
      kept.length + WAITING,
    ]);
    expect([what, listed.toSorted()]).toEqual([what, folders().toSorted()]);
    return gateway.recentAlerts().map(({ problem }) => problem.what);
  } finally {
    await gateway.close();
  }
}

function renew(): void {
  rmSync(kit.data, { recursive: true });
  cpSync(whole, kit.data, { recursive: true });
}

test("the journal: missing, cut, overwritten, page by page", SLOW, async () => {
  const path = join(kit.data, "efs.db");
  const { size } = statSync(path);
  const random = createRandom("journal");
  const overwrite = (at: number, bytes: Buffer): void => {
    const content = readFileSync(path);
    bytes.copy(content, at);
    writeFileSync(path, content);
  };
  const page = (): number => random.integer(0, size / 4_096 - 1) * 4_096;
  const damages: readonly (readonly [string, () => void])[] = [
    ["missing", () => rmSync(path)],
    ...[0, 1, 99, 100, 4_096, 5_000, size - 4_096, size - 1].map(
      (length) => [`cut to ${length}`, () => truncateSync(path, length)] as const,
    ),
    ["no header", () => overwrite(0, Buffer.alloc(100))],
    ["all zeros", () => overwrite(0, Buffer.alloc(size))],
    [
      "rubbish",
      () =>
        overwrite(
          0,
          Buffer.from(
            random.sample(readFileSync(path).toString("latin1").split(""), size).join(""),
            "latin1",
          ),
        ),
    ],
    ["a log of another file", () => writeFileSync(`${path}-wal`, Buffer.alloc(50_000, 0x37))],
    ...Array.from({ length: LONG ? 60 : 6 }, (_, number) => {
      const at = page();
      return [
        `page ${at / 4_096} ${number % 2 === 0 ? "zero" : "rubbish"}`,
        () => overwrite(at, Buffer.alloc(4_096, number % 2 === 0 ? 0 : 0x5a)),
      ] as const;
    }),
  ];
  for (const [name, damage] of damages) {
    renew();
    damage();
    const said = await expectMailGoesOn(name);
    const aside = readdirSync(kit.data).filter(
      (file) => file.startsWith("efs.db.damaged-") && !/-(?:wal|shm)$/.test(file),
    );
    // A page that held nothing may be missed; whatever was put aside is named.
    expect([name, said.filter((text) => text.includes("was damaged; it is kept as")).length]).toEqual([
      name,
      aside.length,
    ]);
    for (const file of aside) expect(said.join()).toContain(file);
    if (name === "missing") expect(said.join()).toContain("was missing though there is mail in the folders");
  }
});

test("every other file that is ours: empty, zeros, half, rubbish", SLOW, async () => {
  const ours = [
    "settings.last-good.json",
    "efs.lock",
    "endpoint.json",
    "api-token",
    "web-sessions.json",
    "log/efs.log",
    "log/mail.log",
  ];
  for (const name of ours) {
    const path = join(kit.data, name);
    renew();
    const content = existsSync(path) ? readFileSync(path) : Buffer.from('{"version": 1}');
    const half = content.subarray(0, content.length >> 1);
    for (const damaged of [Buffer.alloc(0), Buffer.alloc(5_000), half, Buffer.alloc(9_000, 0xfe)]) {
      renew();
      writeFileSync(path, damaged);
      expect([name, await expectMailGoesOn(name)]).toEqual([name, []]);
    }
  }
});
