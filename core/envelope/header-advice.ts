/** What to do about the table of the header finder: a recommendation with its reason, and what a click adopts. Pure. */
import type {
  HeaderAdoption,
  HeaderRecommendation,
  HeaderRow,
  ProposedAddress,
} from "../model/header-report.ts";
import type { AccountSettings } from "../model/settings.ts";
import { envelopeHeaderNames } from "./header-recipients.ts";

export interface AdviceInput {
  readonly rows: readonly HeaderRow[];
  readonly messages: number;
  /** Messages in which To, Cc, ... name an address of our domains. */
  readonly visible: number;
}

/** A header that says it for fewer messages than this is not worth relying on. */
const WORTHWHILE = 0.25;

export function recommend({ rows, messages, visible: seen }: AdviceInput): HeaderRecommendation {
  const few =
    messages < 5
      ? ` Only ${plural(messages, "message was", "messages were")} looked at; repeat it when there are more.`
      : "";
  if (messages === 0) {
    return unclear("The mailbox is empty. Look again when there is some mail in it.");
  }
  const best = bestOf(
    rows.filter(({ kind }) => kind === "custom" || kind === "envelope" || kind === "other"),
  );
  const received = rows.find(({ kind }) => kind === "received-for");
  const enough = (row: HeaderRow | undefined): row is HeaderRow =>
    row !== undefined && row.trusted >= Math.max(1, messages * WORTHWHILE);
  const visibleWords =
    seen === 0
      ? "To and Cc name none at all"
      : `To or Cc name one in ${seen < messages ? `only ${seen}` : `all ${seen}`}`;

  if (enough(best) && best.trusted >= (received?.trusted ?? 0)) {
    const reason = `Use ${best.header}: it names a recipient of your domains in ${best.trusted} of ${plural(messages, "message", "messages")}, ${place(best)}; ${visibleWords}.`;
    return { kind: "use-header", header: best.header, reason: reason + few };
  }
  if (enough(received)) {
    const reason = `Use the Received lines ("for"): your provider's name a recipient of your domains in ${received.trusted} of ${plural(messages, "message", "messages")}; ${visibleWords}. They are used without any setting.`;
    return { kind: "use-received-for", header: null, reason: reason + few };
  }
  const forged = rows
    .filter((row) => row.kind !== "address" && row.ours > row.trusted)
    .map(({ header }) => header);
  const below =
    forged.length === 0
      ? ""
      : ` ${forged.slice(0, 3).join(", ")} would name some, but below the provider's Received lines, where the sender can write what he likes.`;
  if (seen > 0) {
    const reason = `Your provider says in no header for whom a message is; only To and Cc do, in ${seen} of ${plural(messages, "message", "messages")}. Blind copies and mailing lists will go to the postmaster: ask your provider for an envelope header (X-Original-To, Envelope-To, Delivered-To).${below}`;
    return { kind: "use-addresses", header: null, reason: reason + few };
  }
  return unclear(
    `None of ${plural(messages, "message", "messages")} names an address of your domains where it counts. Check the spelling of your domains, and whether this is the right mailbox.${below}${few}`,
  );
}

function unclear(reason: string): HeaderRecommendation {
  return { kind: "unclear", header: null, reason };
}

function place({ receivedAbove }: HeaderRow): string {
  return receivedAbove.some(({ lines }) => lines > 0)
    ? "among the provider's Received lines"
    : "above the provider's Received lines";
}

/** A known envelope header goes before one that is as good or hardly better. */
function bestOf(rows: readonly HeaderRow[]): HeaderRow | undefined {
  const names = envelopeHeaderNames([]).map((name) => name.toLowerCase());
  const rank = ({ kind, header }: HeaderRow): number =>
    kind === "custom" ? -1 : kind === "other" ? names.length : names.indexOf(header.toLowerCase());
  const most = Math.max(0, ...rows.map(({ trusted }) => trusted));
  return rows
    .filter(({ trusted }) => trusted > 0 && trusted >= most * 0.9)
    .sort(
      (a, b) =>
        Number(a.kind === "other") - Number(b.kind === "other") || b.trusted - a.trusted || rank(a) - rank(b),
    )[0];
}

export interface AdoptionInput {
  readonly recommendation: HeaderRecommendation;
  readonly rows: readonly HeaderRow[];
  /** The custom headers in force for the account. */
  readonly custom: readonly string[];
  readonly learnt: number | null;
  readonly current: number;
  readonly proposed: readonly ProposedAddress[];
  readonly account: Pick<AccountSettings, "mailboxAddresses">;
}

/** What has to change in the account for the recommendation to hold; null: nothing. */
export function adoptionOf(input: AdoptionInput): HeaderAdoption | null {
  const { recommendation, rows, custom, learnt, current, proposed, account } = input;
  const adoption: HeaderAdoption = {
    custom: recommendation.header === null ? null : customFor(recommendation.header, rows, custom),
    trustedReceivedLines: learnt !== null && learnt !== current ? learnt : null,
    mailboxAddresses:
      proposed.length === 0
        ? null
        : [...account.mailboxAddresses, ...proposed.map(({ address }) => address)].slice(0, 100),
  };
  return Object.values(adoption).every((value) => value === null) ? null : adoption;
}

/** The list that makes this header decide; null where it does so by itself. */
function customFor(
  header: string,
  rows: readonly HeaderRow[],
  custom: readonly string[],
): readonly string[] | null {
  const lower = header.toLowerCase();
  for (const name of envelopeHeaderNames(custom)) {
    if (name.toLowerCase() === lower) return null;
    const row = rows.find((candidate) => candidate.header.toLowerCase() === name.toLowerCase());
    if (row !== undefined && row.trusted > 0) break;
  }
  return [header, ...custom.filter((name) => name.toLowerCase() !== lower)].slice(0, 50);
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
