/** Everything that can be measured, as data. */
import type { Programs } from "../servers/real-servers.ts";
import type { Command } from "./measured-run.ts";
import {
  ceilingCommand,
  efsCommand,
  fetchmailCommand,
  getmailCommand,
  mpopCommand,
  type Way,
} from "./peer-commands.ts";

export type ToolId =
  | "efs"
  | "ceiling"
  | "fetchmail"
  | "fetchmail-qa"
  | "fetchmail-nd"
  | "mpop"
  | "mpop-nd"
  | "getmail"
  | "getmail-nd";

export interface Tool {
  readonly id: ToolId;
  readonly title: string;
  /** The ceiling is nobody's peer. */
  readonly role: "ours" | "peer" | "ceiling";
  /** How the 40 ms stall is taken from it; null: it is as it comes. */
  readonly cure: "quick-ack" | "no-delay" | null;
  readonly programs: Programs;
  readonly command: (way: Way) => Command | Promise<Command>;
}

const FETCHMAIL = {
  role: "peer",
  command: fetchmailCommand,
  programs: [["/usr/bin/fetchmail", "fetchmail"]],
} as const;
const MSMTP = ["/usr/bin/msmtp", "msmtp"] as const;
const MPOP = { role: "peer", command: mpopCommand, programs: [["/usr/bin/mpop", "mpop"], MSMTP] } as const;
const GETMAIL = {
  role: "peer",
  command: getmailCommand,
  programs: [["/usr/bin/getmail", "getmail6"], MSMTP],
} as const;

export const tools: readonly Tool[] = [
  { id: "efs", title: "efs check", role: "ours", cure: null, programs: [], command: efsCommand },
  { id: "fetchmail-qa", title: "fetchmail, quick ACK", cure: "quick-ack", ...FETCHMAIL },
  { id: "fetchmail-nd", title: "fetchmail, no delay", cure: "no-delay", ...FETCHMAIL },
  { id: "mpop-nd", title: "mpop + msmtp, no delay", cure: "no-delay", ...MPOP },
  { id: "getmail-nd", title: "getmail6 + msmtp, no delay", cure: "no-delay", ...GETMAIL },
  { id: "fetchmail", title: "fetchmail, as shipped", cure: null, ...FETCHMAIL },
  { id: "mpop", title: "mpop + msmtp, as shipped", cure: null, ...MPOP },
  { id: "getmail", title: "getmail6 + msmtp, as shipped", cure: null, ...GETMAIL },
  { id: "ceiling", title: "ceiling", role: "ceiling", cure: null, programs: [], command: ceilingCommand },
];

/** Those of `--short`. */
export const SHORT_TOOLS: readonly ToolId[] = ["efs", "fetchmail-qa", "fetchmail-nd", "ceiling"];
