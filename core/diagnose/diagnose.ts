/**
 * The whole checklist (PRODUCT section 8, Diagnose).
 *
 * 1. Subjects (an account, a server, ...) are examined at the same time, six at most; each has its time.
 * 2. Nothing that goes wrong in one stops the others: not a server that says nothing, not a bug.
 * 3. Each check is told at once; the result has them in the order in which people read them.
 * 4. Nothing is collected, sent, deleted or changed.
 */
import type { Diagnosis, DiagnosisCheck, OnCheck } from "../model/diagnosis.ts";
import type { Settings } from "../model/settings.ts";
import { accountTitle, checkAccount } from "./account.ts";
import { checkComputer } from "./computer.ts";
import { checkDomains } from "./domains.ts";
import type { CheckContext, DiagnosisPorts, ExaminedFolders, SubjectContext } from "./ports.ts";
import { checkServer, examinedServers } from "./server.ts";
import { checkSettings } from "./settings.ts";
import { inParallel, within } from "./within.ts";

const AT_ONCE = 6;
/** For all checks of one subject. */
const DEADLINE = 300_000;

export interface DiagnosisOrder {
  readonly settings: Settings;
  readonly folders: ExaminedFolders;
  readonly ports: DiagnosisPorts;
  readonly onCheck?: OnCheck | undefined;
  readonly signal: AbortSignal;
}

export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly examine: (context: SubjectContext) => Promise<void>;
}

export async function diagnose(order: DiagnosisOrder): Promise<Diagnosis> {
  const found = subjectsOf(order).map((subject) => ({ subject, checks: [] as DiagnosisCheck[] }));
  await inParallel(found, AT_ONCE, ({ subject, checks }) =>
    examineSubject(subject, order, (check) => {
      checks.push(check);
      order.onCheck?.(check);
    }),
  );
  return { checks: found.flatMap(({ checks }) => checks) };
}

function subjectsOf({ settings, folders }: DiagnosisOrder): readonly Subject[] {
  const withSettings =
    (check: (context: CheckContext) => Promise<void>) =>
    (context: SubjectContext): Promise<void> =>
      check({ ...context, settings });
  return [
    { id: "settings", title: "Settings", examine: withSettings(checkSettings) },
    ...settings.accounts.map((account, index) => ({
      id: `account:${account.id}`,
      title: accountTitle(account),
      examine: (context: SubjectContext) => checkAccount(account, index, context),
    })),
    ...examinedServers(settings).map((examined) => ({
      id: examined.which,
      title: examined.title,
      examine: withSettings((context) => checkServer(examined, context)),
    })),
    { id: "domains", title: "Domains", examine: withSettings(checkDomains) },
    {
      id: "computer",
      title: "This computer",
      examine: ({ ports, report }) => checkComputer(folders, ports.newestMessageAt(), ports, report),
    },
  ];
}

/** One subject, in its time. Never rejects. */
export async function examineSubject(
  subject: Subject,
  { ports, signal: stop }: Pick<DiagnosisOrder, "ports" | "signal">,
  report: OnCheck,
): Promise<void> {
  const { id, title } = subject;
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  let over = false;
  const end = (verdict: "fail" | "skipped", cause: string, cure: string): void => {
    over = true;
    report({
      id: `${id}/unfinished`,
      subject: title,
      title: "Unfinished",
      verdict,
      cause,
      cure,
      place: null,
    });
  };
  const context: SubjectContext = {
    ports,
    signal,
    // What comes after the end is nobody's.
    report: (check) => {
      if (!over) report(check);
    },
  };
  try {
    if (stop.aborted) throw stopped;
    await Promise.race([
      within(ports.clock, DEADLINE, subject.examine(context)),
      whenAborted(stop, ending.signal),
    ]);
    over = true;
  } catch (error) {
    if (error === stopped) end("skipped", "Stopped before it was finished.", "Diagnose once more.");
    else if (error instanceof Error && "code" in error && error.code === "ETIMEDOUT") {
      const minutes = DEADLINE / 60_000;
      end("fail", `It was not finished within ${minutes} minutes.`, "Look at what was found up to then.");
    } else {
      ports.onFault(error, `diagnosing ${id}`);
      end("fail", "This is a fault in the program.", "Details are in log/efs.log of the data folder.");
    }
  } finally {
    ending.abort();
  }
}

const stopped = new Error("stopped");

/** `over` takes the listener away. */
function whenAborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(stopped), { once: true, signal: over });
  });
}
