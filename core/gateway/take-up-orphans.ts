import type { Accepted, AcceptOrder, MessageSource, ReceivedBody } from "../model/message.ts";
import type { Log } from "../model/ports.ts";
import { describeProblem, ProblemError } from "../model/problem.ts";
import type { Spool } from "../spool/spool.ts";

export interface OrphanParts {
  readonly spool: Spool;
  /** Envelope and policy as for mail of that account (of none, where it does not exist). */
  readonly judge: (accountId: string) => (body: ReceivedBody, source: MessageSource) => AcceptOrder;
  readonly records: { accepted(accepted: Accepted, order: AcceptOrder): void | Promise<void> };
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Message files without a record (PRODUCT section 2, rule 6) are resolved and queued like collected mail; those
 * in Errors, Junk and Backup are listed again. One that cannot be read now is looked at in the next run. Rejects
 * for a fault when all of them were looked at: one bad file does not keep the others back.
 */
export async function takeUpOrphans({ spool, judge, records, log, signal }: OrphanParts): Promise<void> {
  const faults: unknown[] = [];
  for await (const orphan of spool.orphans) {
    if (signal.aborted) break;
    const source: MessageSource = { accountId: orphan.accountId, uid: null, server: "", announcedSize: null };
    try {
      const body = await spool.readOrphan(orphan);
      const order = { ...judge(orphan.accountId)(body, source), adopt: orphan };
      await records.accepted(await spool.bodies.accept(order), order);
    } catch (error) {
      if (error instanceof ProblemError) {
        log({ source: "spool", level: "warning", text: describeProblem(error.problem) });
      } else faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
