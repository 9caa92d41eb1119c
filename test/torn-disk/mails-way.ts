/** A little mail on its way through a spool, the promises that were given for it, and whether they were kept. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Disposition, Folder } from "../../core/model/message.ts";
import type { Spool } from "../../core/spool/spool.ts";
import { type Step, settlementAt } from "../support/settlements.ts";
import { claimAll, order, type SpoolKit, take, testMail } from "../support/spool-kit.ts";

const FOLDERS: readonly Folder[] = ["Inbox", "Errors", "Junk", "Backup"];
const SIZES: Readonly<Record<string, number>> = { large: 300_000 };
/** Where a message is once its settlement was acknowledged; null: its file has gone. */
const SETTLED: Readonly<Record<string, readonly [Step, Disposition, Folder | null]>> = {
  gone: ["delivered", { kind: "done", backup: false }, null],
  large: ["delivered", { kind: "done", backup: true }, "Backup"],
  refused: ["failed", { kind: "errors", report: "off" }, "Errors"],
  reported: ["failed", { kind: "errors", report: "waiting" }, "Errors"],
};

const mail = (uid: string): Buffer => testMail(uid, SIZES[uid] ?? 500);

/** Each part of the mail's way; what it acknowledges is told to `promise`. A part that is refused rejects. */
export function mailsWay(
  kit: SpoolKit,
  spool: Spool,
  promise: (text: string) => void,
): readonly (() => Promise<unknown>)[] {
  const collect = async (uid: string, more = {}): Promise<void> => {
    await take(spool, uid, mail(uid), undefined, more);
    promise(`collected ${uid}`);
  };
  return [
    () => Promise.all(["gone", "large", "refused"].map((uid) => collect(uid))),
    () => collect("reported"),
    () => collect("blocked", { verdict: { kind: "junk", reason: "blocked", detail: "" } }),
    async () => {
      for (const message of await claimAll(spool, kit.clock)) {
        const uid = message.source.uid ?? "";
        const [step, disposition] = SETTLED[uid] ?? ["delivered", { kind: "done", backup: false }];
        await spool.outcomes.apply(settlementAt(kit.clock.now(), message, [step], disposition));
        promise(`settled ${uid}`);
      }
    },
    // What was moved and removed is struck off; nothing but this flushes the folders for it.
    () => spool.forgetHistory([]),
    () => collect("waiting"),
    () => collect("last"),
  ];
}

/** After a start and the taking up of what had no record: what is not as it was promised. */
export async function brokenPromises(kit: SpoolKit, promises: readonly string[]): Promise<readonly string[]> {
  const spool = await kit.open();
  try {
    await takeUp(spool);
    return look(kit, spool, promises);
  } finally {
    await spool.close();
  }
}

async function takeUp(spool: Spool): Promise<void> {
  for await (const orphan of spool.orphans) {
    const body = await spool.readOrphan(orphan);
    const from = { accountId: orphan.accountId, uid: null, server: "", announcedSize: null };
    await spool.bodies.accept(order(from, body, undefined, { adopt: orphan }));
  }
}

function look(kit: SpoolKit, spool: Spool, promises: readonly string[]): readonly string[] {
  const broken: string[] = [];
  const { twice, ids } = identities(kit);
  if (twice > 0) broken.push("an identity is there twice");
  for (const promise of promises) {
    const [kind, uid = ""] = promise.split(" ");
    const message = spool.message(ids.get(uid) ?? 0);
    if (message === null) {
      broken.push(`${uid} is lost`);
      continue;
    }
    const settled = kind === "settled" ? SETTLED[uid] : undefined;
    if (settled !== undefined && settled[2] !== message.folder) broken.push(`${uid} is in ${message.folder}`);
    if (settled !== undefined && message.closedAt === null && settled[2] !== "Errors") {
      broken.push(`${uid} would be sent again`);
    }
    if (message.folder === null && message.outcome !== "delivered")
      broken.push(`${uid} is ${message.outcome}`);
    if (message.folder !== null && !readFileSync(message.path ?? "").equals(mail(uid))) {
      broken.push(`${uid} is damaged`);
    }
  }
  for (const folder of FOLDERS) {
    const rows = spool.list(folder, 0, 1_000).map(({ file }) => file);
    const files = readdirSync(spool.directory.folder(folder));
    if (rows.sort().join() !== files.sort().join()) {
      broken.push(`${folder}: ${rows.length} rows, ${files.length} files`);
    }
  }
  if (readdirSync(spool.directory.temporary).length > 0) broken.push("a half-written file stayed");
  return broken;
}

function identities({ directory }: SpoolKit): {
  readonly twice: number;
  readonly ids: ReadonlyMap<string, number>;
} {
  const database = new DatabaseSync(join(directory, "efs.db"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT uid, uid_hash, message FROM seen").all();
    return {
      twice: rows.length - new Set(rows.map((row) => row["uid_hash"])).size,
      ids: new Map(rows.map((row) => [String(row["uid"]), Number(row["message"])])),
    };
  } finally {
    database.close();
  }
}
