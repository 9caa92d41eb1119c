/** What is moved by whom. */
import type { SampleProfile } from "../support/sample-messages.ts";
import type { ToolId } from "./tools.ts";

export interface Workload {
  readonly name: "small" | "office" | "big" | "rtt20";
  readonly title: string;
  readonly profile: SampleProfile;
  /** Milliseconds between everybody and the POP3 server. */
  readonly roundTrip: number;
  /**
   * Messages for each. Slow ones get fewer, so that a round does not take a quarter of an hour: they are slow per
   * message, and messages per second do not depend on the number. Office mail: the first 500 have the mean size of the
   * 1,000, the first 200 are 12 % larger.
   */
  readonly messages: Readonly<Partial<Record<ToolId, number>>>;
}

export const workloads: readonly Workload[] = [
  {
    name: "small",
    title: "4 KB each",
    profile: "small",
    roundTrip: 0,
    messages: {
      efs: 2_000,
      ceiling: 2_000,
      "fetchmail-qa": 2_000,
      "fetchmail-nd": 2_000,
      "mpop-nd": 500,
      "getmail-nd": 500,
      fetchmail: 200,
      mpop: 200,
      getmail: 200,
    },
  },
  {
    name: "office",
    title: "office mail, half below 30 KB, 3 % of 1 to 5 MB",
    profile: "office",
    roundTrip: 0,
    messages: {
      efs: 1_000,
      ceiling: 1_000,
      "fetchmail-qa": 1_000,
      "fetchmail-nd": 1_000,
      "mpop-nd": 500,
      "getmail-nd": 500,
      fetchmail: 200,
      mpop: 200,
      getmail: 200,
    },
  },
  {
    name: "big",
    title: "25 MB each",
    profile: "big",
    roundTrip: 0,
    messages: {
      efs: 20,
      ceiling: 20,
      "fetchmail-qa": 20,
      "fetchmail-nd": 20,
      "mpop-nd": 5,
      "getmail-nd": 5,
      fetchmail: 20,
      mpop: 5,
      getmail: 5,
    },
  },
  {
    name: "rtt20",
    title: "4 KB each, the POP3 server 20 ms away",
    profile: "small",
    roundTrip: 20,
    messages: {
      efs: 2_000,
      ceiling: 2_000,
      "fetchmail-qa": 200,
      "fetchmail-nd": 200,
      "mpop-nd": 500,
      "getmail-nd": 200,
      fetchmail: 100,
    },
  },
];
