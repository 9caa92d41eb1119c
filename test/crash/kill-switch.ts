/**
 * Kills a process at an exact moment of its conversations. The servers are behind relays, so the moment is one of
 * the wire: before the server has seen a command, or before the client has seen the answer to it.
 */
import type { ChildProcess } from "node:child_process";
import type { Random } from "../support/random.ts";
import { type FollowedMessage, SmtpFollower } from "./smtp-follower.ts";
import { startWireRelay, type WireWatch } from "./wire-relay.ts";

export type Moment =
  /** So many milliseconds after the first connection. */
  | { readonly at: "time"; readonly milliseconds: number }
  /** After so many octets from the POP3 server. */
  | { readonly at: "octets"; readonly count: number }
  /** Before the server sees the n-th command. */
  | { readonly at: "RETR" | "DELE" | "QUIT" | "mail" | "final-dot"; readonly nth: number }
  /** The deletions are done; the client never learns it. */
  | { readonly at: "QUIT answered" }
  /** The server has the n-th message; the client never learns it. */
  | { readonly at: "final-dot answered"; readonly nth: number }
  /** Right behind the answer to the n-th final dot. */
  | { readonly at: "answer passed on"; readonly nth: number };

/** Twenty moments: while collecting, while deleting (which ends a session), then while sending. */
export function seededMoments(random: Random): readonly Moment[] {
  const octets = (): Moment => ({ at: "octets", count: random.integer(20_000, 2_000_000) });
  const time = (): Moment => ({ at: "time", milliseconds: random.integer(5, 500) });
  const nth = (): number => random.integer(1, 10);
  const shuffled = (moments: readonly Moment[]): readonly Moment[] => random.sample(moments, moments.length);
  return [
    ...shuffled([
      octets(),
      octets(),
      octets(),
      { at: "RETR", nth: random.integer(2, 30) },
      { at: "RETR", nth: random.integer(2, 30) },
      time(),
      { at: "final-dot answered", nth: 1 },
    ]),
    { at: "DELE", nth: random.integer(1, 20) },
    { at: "DELE", nth: random.integer(20, 200) },
    { at: "QUIT", nth: 1 },
    { at: "QUIT answered" },
    ...shuffled([
      { at: "final-dot", nth: nth() },
      { at: "final-dot", nth: nth() },
      { at: "final-dot answered", nth: nth() },
      { at: "final-dot answered", nth: nth() },
      { at: "answer passed on", nth: nth() },
      { at: "answer passed on", nth: nth() },
      { at: "answer passed on", nth: nth() },
      { at: "mail", nth: nth() },
      time(),
    ]),
  ];
}

export interface KillSwitch {
  readonly pop3Port: number;
  readonly smtpPort: number;
  /** For the process that is started next. */
  arm(moment: Moment | null, child: ChildProcess | null): void;
  /** What happened since it was armed; the messages that were in flight on connections open at the kill. */
  report(): { readonly fired: boolean; readonly inFlight: readonly FollowedMessage[]; readonly open: number };
  close(): Promise<void>;
}

export async function startKillSwitch(pop3Port: number, smtpPort: number): Promise<KillSwitch> {
  let moment: Moment | null = null;
  let child: ChildProcess | null = null;
  let fired = false;
  let timer: NodeJS.Timeout | undefined;
  let octets = 0;
  const counts = new Map<string, number>();
  const followers = new Set<SmtpFollower>();
  let openAtKill: readonly SmtpFollower[] = [];

  const kill = (): void => {
    if (fired) return;
    fired = true;
    openAtKill = [...followers];
    child?.kill("SIGKILL");
  };
  /** True when this is the moment. */
  const count = (name: Moment["at"]): boolean => {
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return moment !== null && moment.at === name && "nth" in moment && moment.nth === number;
  };
  const begin = (): void => {
    if (moment?.at !== "time" || timer !== undefined) return;
    timer = setTimeout(kill, moment.milliseconds);
  };

  const watchPop3 = (): WireWatch => {
    let quitting = false;
    begin();
    return {
      fromClient(chunk) {
        for (const [verb = ""] of chunk.toString("latin1").matchAll(/^(?:RETR|DELE|QUIT)\b/gm)) {
          if (verb === "QUIT") quitting = true;
          if (count(verb as "RETR" | "DELE" | "QUIT")) {
            kill();
            return false;
          }
        }
        return true;
      },
      fromServer(chunk) {
        octets += chunk.length;
        if (moment?.at === "octets" && octets >= moment.count) kill();
        if (moment?.at === "QUIT answered" && quitting) {
          kill();
          return false;
        }
        return true;
      },
      closed: () => undefined,
    };
  };

  const watchSmtp = (): WireWatch => {
    let swallow = false;
    let answerOf: "swallowed" | "passed on" | null = null;
    const follower = new SmtpFollower((event) => {
      if (count(event)) {
        kill();
        swallow = true;
      }
      if (event !== "final-dot") return;
      if (count("final-dot answered")) answerOf = "swallowed";
      if (count("answer passed on")) answerOf = "passed on";
    });
    followers.add(follower);
    begin();
    return {
      fromClient(chunk) {
        follower.push(chunk);
        return !swallow;
      },
      fromServer() {
        const what = answerOf;
        answerOf = null;
        // The answer is written to the client before the kill; whether it was still read is the kernel's affair.
        if (what === "passed on") setImmediate(kill);
        if (what === "swallowed") kill();
        return what !== "swallowed";
      },
      closed: () => followers.delete(follower),
    };
  };

  const relays = [
    await startWireRelay(pop3Port, watchPop3),
    await startWireRelay(smtpPort, watchSmtp),
  ] as const;
  return {
    pop3Port: relays[0].port,
    smtpPort: relays[1].port,
    arm(next, process) {
      moment = next;
      child = process;
      fired = false;
      octets = 0;
      counts.clear();
      clearTimeout(timer);
      timer = undefined;
      openAtKill = [];
    },
    report() {
      const inFlight = openAtKill.flatMap(({ inFlight: message }) => (message === null ? [] : [message]));
      return { fired, inFlight, open: openAtKill.length };
    },
    async close() {
      clearTimeout(timer);
      await Promise.all(relays.map((relay) => relay.close()));
    },
  };
}
