/** A data folder with very many messages in Errors, each with its file, as a wrong setting leaves it over night. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSpool } from "../../core/spool/spool.ts";
import { FakeClock } from "./fake-clock.ts";
import { fillHistory } from "./history-rows.ts";
import { plainPolicy } from "./spool-kit.ts";

export const FULL_ERRORS_ANSWER = "550 5.1.1 No such user here";

export async function fillErrors(dataDirectory: string, count: number): Promise<void> {
  const now = Date.now();
  const spool = await openSpool({
    dataDirectory,
    clock: new FakeClock(now),
    log: () => undefined,
    raiseAlert: () => undefined,
    policy: () => plainPolicy,
  });
  await spool.close();
  fillHistory(dataDirectory, { count, startAt: now - count * 1_000, apart: 1_000 });
  const database = new DatabaseSync(join(dataDirectory, "efs.db"));
  const failure = {
    scope: "recipient",
    permanent: true,
    phase: "rcpt",
    reply: { code: 550, enhanced: "5.1.1", text: "No such user here" },
    problem: null,
  };
  database.exec("BEGIN");
  database
    .prepare(
      "UPDATE message SET folder = 'Errors', outcome = 'errors', report_state = 'reported', reported_at = ?",
    )
    .run(now);
  database
    .prepare("UPDATE recipient SET state = 'failed', detail = ?")
    .run(JSON.stringify({ kind: "failed", at: now, failure }));
  database.exec("COMMIT");
  const folder = join(dataDirectory, "mail", "Errors");
  mkdirSync(folder, { recursive: true });
  for (const { file } of database.prepare("SELECT file FROM message").iterate()) {
    writeFileSync(join(folder, String(file)), "Subject: one of many\r\n\r\nText.\r\n".padEnd(4_000, " "));
  }
  database.close();
}
