/**
 * What a run has to say about its messages, beside the trouble of accounts and server: one sentence for all
 * messages that were refused, one for those that wait, one when nothing was for this office.
 *
 * Single messages never make a run fail more than its counts do; these sentences say why the counts are so.
 */
import { domainOf } from "../model/address.ts";
import type { ExplainFailure } from "../model/explanation.ts";
import type { Failure } from "../model/failure.ts";
import type { AcceptOrder, Settlement } from "../model/message.ts";
import type { Problem } from "../model/problem.ts";
import { escapeUnprintable, formatReply } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { leavesDeferred } from "./run-totals.ts";

/** So many messages without one for our domains are no accident any more. */
const SUSPICIOUS = 3;
const DOMAINS_SHOWN = 3;
/** Senders choose them: of a run no more are counted. */
const DOMAINS_COUNTED = 1_000;

interface LastFailure {
  readonly address: string;
  readonly failure: Failure | null;
}

export class RunFindings {
  readonly #explain: ExplainFailure;
  #accepted = 0;
  #notOurs = 0;
  readonly #domains = new Map<string, number>();
  readonly #refused = new Set<number>();
  #lastRefused: LastFailure | null = null;
  readonly #waiting = new Map<number, LastFailure>();

  constructor(explain: ExplainFailure) {
    this.#explain = explain;
  }

  /** A run begins. */
  restart(): void {
    this.#accepted = 0;
    this.#notOurs = 0;
    this.#domains.clear();
    this.#refused.clear();
    this.#lastRefused = null;
    this.#waiting.clear();
  }

  /** A message that is new in the spool. */
  accepted({ resolution }: AcceptOrder): void {
    this.#accepted += 1;
    if (resolution.kind !== "no-recipient") return;
    this.#notOurs += 1;
    const domains = new Set(
      resolution.trail
        .filter(({ rule }) => rule === "foreign-domain")
        .map(({ address }) => domainOf(address))
        .filter((domain) => domain !== ""),
    );
    for (const domain of domains) {
      const times = this.#domains.get(domain) ?? 0;
      if (times > 0 || this.#domains.size < DOMAINS_COUNTED) this.#domains.set(domain, times + 1);
    }
  }

  settled({ result, disposition }: Settlement): void {
    const { message, recipients } = result;
    this.#waiting.delete(message.id);
    if (message.kind !== "mail") return;
    if (disposition.kind === "errors") {
      this.#refused.add(message.id);
      for (const { recipient, next } of recipients) {
        if (next.kind === "failed" || next.kind === "expired")
          this.#lastRefused = { address: recipient.address, failure: next.failure };
      }
    } else if (leavesDeferred(result)) {
      for (const { recipient, next } of recipients) {
        if (next.kind === "deferred" || next.kind === "held")
          this.#waiting.set(message.id, { address: recipient.address, failure: next.failure });
      }
    }
  }

  /** They wait again, in Inbox. */
  broughtBack(ids: readonly number[]): void {
    for (const id of ids) {
      if (this.#refused.delete(id) && this.#lastRefused !== null) this.#waiting.set(id, this.#lastRefused);
    }
  }

  list({ domains, postmaster, noRecipient }: Settings): readonly Problem[] {
    const found: Problem[] = [];
    if (this.#notOurs >= SUSPICIOUS && this.#notOurs === this.#accepted) {
      const seen = [...this.#domains].sort(([, one], [, other]) => other - one).slice(0, DOMAINS_SHOWN);
      const named =
        seen.length === 0
          ? "no domain at all"
          : `addresses of ${seen.map(([domain]) => escapeUnprintable(domain)).join(", ")}`;
      const where =
        noRecipient === "postmaster" ? `were sent to the postmaster (${postmaster.address})` : "went to Junk";
      found.push({
        code: "no-message-for-our-domains",
        what: `None of the ${this.#notOurs} messages collected now is for a domain of the settings (primary: ${domains.primary}); they name ${named} and ${where}.`,
        cure: "Check the spelling of the domains in the settings, and add those that are missing.",
      });
    }
    if (this.#refused.size > 0) {
      found.push({
        code: "messages-refused",
        what: `${messages(this.#refused.size)} could not be delivered and went to Errors${lastFor(this.#lastRefused)}.`,
        ...this.#reason(this.#lastRefused, "Look into Errors for what happened to each."),
      });
    }
    if (this.#waiting.size > 0) {
      const last = [...this.#waiting.values()].at(-1) ?? null;
      found.push({
        code: "messages-waiting",
        what: `${messages(this.#waiting.size)} could not be delivered yet and ${this.#waiting.size === 1 ? "waits" : "wait"} in Inbox for another try${lastFor(last)}.`,
        ...this.#reason(last, "They are tried again by themselves."),
      });
    }
    return found;
  }

  /** The server's own words, and what they ask for. */
  #reason(last: LastFailure | null, otherwise: string): Pick<Problem, "cure" | "quote"> {
    const failure = last?.failure ?? null;
    if (failure === null) return { cure: otherwise };
    if (failure.reply !== null) {
      return { quote: formatReply(failure.reply), cure: this.#explain(failure).cure };
    }
    if (failure.problem === null) return { cure: otherwise };
    const { quote, what, cure } = failure.problem;
    return { quote: quote ?? what, cure };
  }
}

function messages(count: number): string {
  return count === 1 ? "One message" : `${count} messages`;
}

function lastFor(last: LastFailure | null): string {
  return last === null ? "" : `, the last one for ${escapeUnprintable(last.address)}`;
}
