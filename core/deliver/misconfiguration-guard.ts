/**
 * "Every message failing?" (PRODUCT section 5): what counts, when the guard trips, what is to be done. Pure: an event
 * goes in, the new state and the orders come out; the state is kept over restarts by whoever carries them out.
 *
 * 1. (a) A domain (after VdA): ten messages in a row with every recipient there refused 5xx, or "relaying denied"
 *    once. Only what the mail was addressed to counts: no reports, alerts, no-recipient mail and BCC copies. Before
 *    anything is held, addresses that were accepted there in the last 30 days are asked after; one accepted, and the
 *    refusals were ordinary ones. None known, or none accepted: the domain is held, and those messages come back.
 * 2. A held domain is tried on the back-off steps, each time with another message; one acceptance releases all.
 * 3. An answer that was not given (no connection, 4xx) decides nothing until the end of the run; then it holds: held
 *    mail is delayed, mail in Errors is lost to its reader.
 * 4. The postmaster's own address is on a watch of its own: refused like that, reports wait, mail goes on.
 * 5. (b) "BCC all": ten messages in a row whose only refused recipient it is: no copies are made any more.
 * 6. (c) An account: ten messages in a row for no domain of ours: they are held until one is for somebody, or until
 *    the account is not collected from any more (then none will be).
 * 7. What a person sent anyway is not held, and does not count; its acceptance does.
 */
import { addressKey, domainOf } from "../model/address.ts";
import type { GuardHold, GuardSubject } from "../model/guard.ts";
import { assertNever } from "../util/assert-never.ts";
import type { AttemptFindings } from "./guard-findings.ts";
import { retryDelay } from "./retry-schedule.ts";

export const IN_A_ROW = 10;
const KNOWN = 5;
const KNOWN_FOR = 30 * 86_400_000;
/** An address that was accepted is noted again after a day, a sixth one takes the oldest's place after an hour. */
const NOTE_AGAIN = 86_400_000;
const NOTE_OTHER = 3_600_000;
const DOMAINS = 1_000;
const REMEMBERED = 10_000;
const SEEN_DOMAINS = 50;

export interface Hold {
  readonly since: number;
  readonly steps: number;
  readonly nextAt: number;
  /** The message that was tried last. */
  readonly tried: number;
  /** It is on its way. */
  readonly trying: boolean;
}

/** ids: the messages of the row, oldest first. For the postmaster those that the refused reports are about. */
export interface Watch {
  readonly refused: readonly number[];
  /** The row is long enough: the server has to be asked. */
  readonly suspect: boolean;
  readonly hold: Hold | null;
}

export interface DomainWatch extends Watch {
  readonly accepted: readonly { readonly address: string; readonly at: number }[];
}

export interface AddressWatch extends Watch {
  readonly address: string;
}

export interface AccountWatch {
  readonly without: readonly number[];
  /** Domains that those messages named, with how many of them. */
  readonly seen: Readonly<Record<string, number>>;
  readonly heldSince: number | null;
}

export interface GuardState {
  readonly domains: Readonly<Record<string, DomainWatch>>;
  readonly postmaster: AddressWatch;
  readonly bccAll: AddressWatch;
  readonly accounts: Readonly<Record<string, AccountWatch>>;
  /** Messages that a person sent anyway. */
  readonly anyway: readonly number[];
}

const calm: Watch = { refused: [], suspect: false, hold: null };
const newDomain: DomainWatch = { ...calm, accepted: [] };
const calmAddress = (address: string): AddressWatch => ({ ...calm, address });
const newAccount: AccountWatch = { without: [], seen: {}, heldSince: null };

export const calmGuard: GuardState = {
  domains: {},
  postmaster: { ...calm, address: "" },
  bccAll: { ...calm, address: "" },
  accounts: {},
  anyway: [],
};

/** What the server said to a trial RCPT for each address that was asked after; none known is `refused`. */
export type ProbeVerdict = "accepted" | "refused" | "undecided";

type ServerSubject = Exclude<GuardSubject, { readonly kind: "account" }>;

export type GuardEvent =
  | { readonly kind: "attempt"; readonly findings: AttemptFindings }
  /** Collected. `ours`: it has a recipient of our domains; otherwise the domains that it names. */
  | {
      readonly kind: "taken";
      readonly at: number;
      readonly accountId: string;
      readonly messageId: number;
      readonly ours: boolean;
      readonly domains: readonly string[];
    }
  /** `last`: the run's last chance to know. */
  | {
      readonly kind: "probed";
      readonly at: number;
      readonly subject: ServerSubject;
      readonly verdict: ProbeVerdict;
      readonly last: boolean;
    }
  /** A run begins (or ends its deliveries: `last`). `now`: a person asked, back-off steps do not count. */
  | { readonly kind: "step"; readonly at: number; readonly now: boolean; readonly last: boolean }
  /** This held message is tried for a domain. */
  | { readonly kind: "trying"; readonly domain: string; readonly messageId: number }
  | {
      readonly kind: "settings";
      readonly at: number;
      readonly postmaster: string;
      readonly bccAll: string | null;
      /** Those that are configured now. */
      readonly accounts: readonly string[];
    }
  | { readonly kind: "send-anyway"; readonly messages: readonly number[] }
  | { readonly kind: "lift"; readonly subject: GuardSubject }
  | { readonly kind: "closed"; readonly messageId: number };

export type GuardOrder =
  /** Ask the server after these, nothing is sent; then `probed`. */
  | {
      readonly kind: "probe";
      readonly subject: ServerSubject;
      readonly addresses: readonly string[];
      readonly last: boolean;
    }
  /** None of the known was accepted: a held message behind `after` is tried; then `trying`. */
  | { readonly kind: "try"; readonly domain: string; readonly after: number }
  /** Its mail is held from now on; these messages come back where that is still possible; alert. */
  | { readonly kind: "hold"; readonly subject: GuardSubject; readonly messages: readonly number[] }
  /** What is held for this alone goes its way. */
  | { readonly kind: "release"; readonly subject: GuardSubject };

export interface Advance {
  readonly state: GuardState;
  readonly orders: readonly GuardOrder[];
}

/** The same state object where nothing changed. */
export function advanceGuard(state: GuardState, event: GuardEvent): Advance {
  switch (event.kind) {
    case "attempt":
      return onAttempt(state, event.findings);
    case "taken":
      return onTaken(state, event);
    case "probed":
      return onProbed(state, event);
    case "step":
      return onStep(state, event);
    case "trying": {
      const watch = own(state.domains, event.domain);
      if (watch?.hold == null) return nothing(state);
      const hold = { ...watch.hold, tried: event.messageId, trying: true };
      return nothing(withWatch(state, domainSubject(event.domain), { ...watch, hold }));
    }
    case "settings":
      return onSettings(state, event);
    case "send-anyway": {
      const anyway = [...new Set([...state.anyway, ...event.messages])].slice(-REMEMBERED);
      return nothing({ ...state, anyway });
    }
    case "lift":
      return release(state, event.subject);
    case "closed":
      if (!state.anyway.includes(event.messageId)) return nothing(state);
      return nothing({ ...state, anyway: state.anyway.filter((id) => id !== event.messageId) });
    default:
      return assertNever(event);
  }
}

/** Names come from mail: none of them may be found on every object. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

// --- questions ---------------------------------------------------------------------------------------------

export function isDomainHeld({ domains }: GuardState, address: string): boolean {
  return own(domains, domainOf(address))?.hold != null;
}

export function isAccountHeld({ accounts }: GuardState, accountId: string): boolean {
  return own(accounts, accountId)?.heldSince != null;
}

/** Whether something is known against it: a message that is for somebody changes that. */
export function isAccountWatched({ accounts }: GuardState, accountId: string): boolean {
  return own(accounts, accountId) !== undefined;
}

/** Reports wait when the postmaster's address, or all of its domain, is held. */
export function reportsWait(state: GuardState, postmaster: string): boolean {
  return state.postmaster.hold !== null || isDomainHeld(state, postmaster);
}

export function isBccAllSuspended({ bccAll }: GuardState, address: string): boolean {
  return bccAll.hold !== null && bccAll.address === addressKey(address);
}

export function heldDomains({ domains }: GuardState): readonly string[] {
  return Object.keys(domains).filter((domain) => domains[domain]?.hold != null);
}

/** Whether a held message is on its way for a held domain. */
export function isTrying({ domains }: GuardState): boolean {
  return Object.values(domains).some(({ hold }) => hold?.trying === true);
}

export function guardHolds(state: GuardState): readonly GuardHold[] {
  const onServer = watches(state).flatMap(([subject, { hold }]): GuardHold[] =>
    hold === null ? [] : [{ subject, since: hold.since, nextTryAt: hold.nextAt }],
  );
  const ofAccounts = Object.entries(state.accounts).flatMap(([accountId, { heldSince }]): GuardHold[] =>
    heldSince === null
      ? []
      : [{ subject: { kind: "account", accountId }, since: heldSince, nextTryAt: null }],
  );
  return [...onServer, ...ofAccounts];
}

/** When something is to be asked or tried; null: nothing is. */
export function nextGuardStep(state: GuardState): number | null {
  const times = watches(state).flatMap(([, { hold, suspect }]) =>
    hold !== null ? [hold.nextAt] : suspect ? [0] : [],
  );
  return times.length === 0 ? null : Math.min(...times);
}

// --- events ------------------------------------------------------------------------------------------------

function onAttempt(before: GuardState, findings: AttemptFindings): Advance {
  const { at, messageId } = findings;
  const anyway = before.anyway.includes(messageId);
  let state = before;
  const orders: GuardOrder[] = [];
  for (const { domain, verdict, relayDenied, accepted } of findings.domains) {
    const subject = domainSubject(domain);
    const watch = own(state.domains, domain) ?? newDomain;
    if (verdict === "accepted") {
      const known = noteAccepted(watch, accepted, at);
      if (known !== watch) state = withWatch(state, subject, known);
      if (watch.hold !== null) {
        const released = release(state, subject);
        state = released.state;
        orders.push(...released.orders);
      } else if (watch.refused.length > 0 || watch.suspect) {
        state = withWatch(state, subject, { ...known, refused: [], suspect: false });
      }
    } else if (watch.hold !== null) {
      if (watch.hold.trying && watch.hold.tried === messageId) {
        state = withWatch(state, subject, { ...watch, hold: { ...watch.hold, trying: false } });
      }
    } else if (verdict === "refused" && !anyway) {
      const counted = count(watch, messageId, relayDenied);
      state = withWatch(state, subject, counted);
      if (counted.suspect && !watch.suspect) {
        orders.push({ kind: "probe", subject, addresses: knownAddresses(counted, at), last: false });
      }
    }
  }
  for (const kind of ["postmaster", "bccAll"] as const) {
    const found = findings[kind];
    if (found === null || (anyway && !found.accepted)) continue;
    const subject: ServerSubject = { kind: kind === "bccAll" ? "bcc-all" : "postmaster" };
    const address = addressKey(found.address);
    const watch = state[kind].address === address ? state[kind] : calmAddress(address);
    if (found.accepted) {
      if (watch.hold !== null) {
        const released = release(state, subject);
        state = released.state;
        orders.push(...released.orders);
      } else if (watch.refused.length > 0) state = withWatch(state, subject, calmAddress(address));
    } else if (watch.hold === null) {
      const counted = count(watch, found.messageId, found.relayDenied);
      state = withWatch(state, subject, counted);
      if (counted.suspect && !watch.suspect) {
        orders.push({ kind: "probe", subject, addresses: [found.address], last: false });
      }
    }
  }
  return { state, orders };
}

function onTaken(state: GuardState, event: Extract<GuardEvent, { kind: "taken" }>): Advance {
  const { accountId, messageId, at } = event;
  const subject: GuardSubject = { kind: "account", accountId };
  const watch = own(state.accounts, accountId);
  if (event.ours) {
    if (watch === undefined) return nothing(state);
    return watch.heldSince === null ? nothing(withoutAccount(state, accountId)) : release(state, subject);
  }
  const before = watch ?? newAccount;
  if (before.without.includes(messageId)) return nothing(state);
  if (before.heldSince !== null) return nothing(state);
  const seen = { ...before.seen };
  for (const domain of event.domains) {
    const times = own(seen, domain) ?? 0;
    if (domain === "__proto__" || (times === 0 && Object.keys(seen).length >= SEEN_DOMAINS)) continue;
    seen[domain] = times + 1;
  }
  const without = [...before.without, messageId];
  const trips = without.length >= IN_A_ROW;
  const next: AccountWatch = { without, seen, heldSince: trips ? at : null };
  return {
    state: { ...state, accounts: { ...state.accounts, [accountId]: next } },
    orders: trips ? [{ kind: "hold", subject, messages: without }] : [],
  };
}

function onProbed(state: GuardState, event: Extract<GuardEvent, { kind: "probed" }>): Advance {
  const { subject, verdict, at, last } = event;
  const watch = watchOf(state, subject);
  if (watch === null) return nothing(state);
  if (watch.hold !== null) {
    if (verdict === "accepted") return release(state, subject);
    return subject.kind !== "domain"
      ? nothing(state)
      : { state, orders: [{ kind: "try", domain: subject.domain, after: watch.hold.tried }] };
  }
  if (!watch.suspect) return nothing(state);
  if (verdict === "accepted") {
    return nothing(withWatch(state, subject, { ...watch, refused: [], suspect: false }));
  }
  if (verdict === "undecided" && !last) return nothing(state);
  const hold: Hold = { since: at, steps: 0, nextAt: at + retryDelay(1), tried: 0, trying: false };
  return {
    state: withWatch(state, subject, { ...watch, suspect: false, hold }),
    orders: [{ kind: "hold", subject, messages: watch.refused }],
  };
}

function onStep(before: GuardState, { at, now, last }: Extract<GuardEvent, { kind: "step" }>): Advance {
  let state = before;
  const orders: GuardOrder[] = [];
  for (const [subject, watch] of watches(before)) {
    const { hold } = watch;
    const due = hold === null ? watch.suspect : !last && (now || hold.nextAt <= at);
    if (!due) continue;
    if (hold !== null) {
      const steps = hold.steps + 1;
      const nextAt = at + retryDelay(steps + 1);
      // A trial that the process did not live to see is made with another message.
      state = withWatch(state, subject, { ...watch, hold: { ...hold, steps, nextAt, trying: false } });
    }
    const addresses =
      subject.kind === "domain"
        ? knownAddresses(watch as DomainWatch, at)
        : [(watch as AddressWatch).address];
    orders.push({ kind: "probe", subject, addresses, last: true });
  }
  return { state, orders };
}

/** Whatever was wrong may have been put right: everything that is held is due at once. */
function onSettings(before: GuardState, event: Extract<GuardEvent, { kind: "settings" }>): Advance {
  let state = before;
  const orders: GuardOrder[] = [];
  for (const [subject, watch] of watches(before)) {
    if (watch.hold === null) continue;
    state = withWatch(state, subject, { ...watch, hold: { ...watch.hold, steps: 0, nextAt: event.at } });
  }
  const addresses = [
    ["postmaster", { kind: "postmaster" }, event.postmaster],
    ["bccAll", { kind: "bcc-all" }, event.bccAll ?? ""],
  ] as const;
  for (const [kind, subject, address] of addresses) {
    if (state[kind].address === addressKey(address)) continue;
    const held = state[kind].hold !== null;
    state = withWatch(state, subject, calmAddress(addressKey(address)));
    if (held) orders.push({ kind: "release", subject });
  }
  for (const accountId of Object.keys(before.accounts)) {
    if (event.accounts.includes(accountId)) continue;
    if (isAccountHeld(before, accountId)) {
      orders.push({ kind: "release", subject: { kind: "account", accountId } });
    }
    state = withoutAccount(state, accountId);
  }
  return { state, orders };
}

// --- watches -----------------------------------------------------------------------------------------------

function nothing(state: GuardState): Advance {
  return { state, orders: [] };
}

function domainSubject(domain: string): ServerSubject {
  return { kind: "domain", domain };
}

function watches(state: GuardState): readonly (readonly [ServerSubject, DomainWatch | AddressWatch])[] {
  return [
    ...Object.entries(state.domains).map(([domain, watch]) => [domainSubject(domain), watch] as const),
    [{ kind: "postmaster" }, state.postmaster],
    [{ kind: "bcc-all" }, state.bccAll],
  ];
}

function watchOf(state: GuardState, subject: ServerSubject): DomainWatch | AddressWatch | null {
  switch (subject.kind) {
    case "domain":
      return own(state.domains, subject.domain) ?? null;
    case "postmaster":
      return state.postmaster;
    case "bcc-all":
      return state.bccAll;
    default:
      return assertNever(subject);
  }
}

function withWatch(state: GuardState, subject: ServerSubject, watch: Watch): GuardState {
  switch (subject.kind) {
    case "domain":
      return { ...state, domains: withDomain(state.domains, subject.domain, watch as DomainWatch) };
    case "postmaster":
      return { ...state, postmaster: watch as AddressWatch };
    case "bcc-all":
      return { ...state, bccAll: watch as AddressWatch };
    default:
      return assertNever(subject);
  }
}

/** Domains come and go (aliases, `*.example.com`): those of which nothing is known but who was accepted make room. */
function withDomain(
  domains: GuardState["domains"],
  domain: string,
  watch: DomainWatch,
): GuardState["domains"] {
  const next = { ...domains, [domain]: watch };
  const names = Object.keys(next);
  if (names.length <= DOMAINS) return next;
  const spare = names.find((name) => {
    const { hold, suspect, refused } = next[name] ?? newDomain;
    return name !== domain && hold === null && !suspect && refused.length === 0;
  });
  delete next[spare ?? names.find((name) => name !== domain && next[name]?.hold === null) ?? ""];
  return next;
}

function count<Some extends Watch>(watch: Some, messageId: number, atOnce: boolean): Some {
  const refused = watch.refused.includes(messageId)
    ? watch.refused
    : [...watch.refused, messageId].slice(-REMEMBERED);
  return { ...watch, refused, suspect: watch.suspect || atOnce || refused.length >= IN_A_ROW };
}

function release(state: GuardState, subject: GuardSubject): Advance {
  const orders: readonly GuardOrder[] = [{ kind: "release", subject }];
  if (subject.kind === "account") {
    return isAccountHeld(state, subject.accountId)
      ? { state: withoutAccount(state, subject.accountId), orders }
      : nothing(state);
  }
  const watch = watchOf(state, subject);
  if (watch?.hold == null) return nothing(state);
  return { state: withWatch(state, subject, { ...watch, ...calm }), orders };
}

function withoutAccount(state: GuardState, accountId: string): GuardState {
  const { [accountId]: _gone, ...accounts } = state.accounts;
  return { ...state, accounts };
}

function noteAccepted(watch: DomainWatch, addresses: readonly string[], at: number): DomainWatch {
  let accepted = watch.accepted;
  for (const address of addresses) {
    const known = accepted.find((entry) => addressKey(entry.address) === addressKey(address));
    const oldest = accepted.at(-1);
    const fresh = accepted.length >= KNOWN && oldest !== undefined && at - oldest.at < NOTE_OTHER;
    if (known === undefined ? fresh : at - known.at < NOTE_AGAIN) continue;
    // Newest first.
    accepted = [{ address, at }, ...accepted.filter((entry) => entry !== known)].slice(0, KNOWN);
  }
  return accepted === watch.accepted ? watch : { ...watch, accepted };
}

function knownAddresses({ accepted }: DomainWatch, now: number): readonly string[] {
  return accepted.filter(({ at }) => now - at <= KNOWN_FOR).map(({ address }) => address);
}
