import { hostOf } from "../../core/api/gateway-host.ts";
import { noTotals } from "../../core/gateway/run-totals.ts";
import type { RunSummary } from "../../core/model/event.ts";
import type { CheckOrder, Gateway, GatewayStatus } from "../../core/model/gateway.ts";
import type { GatewayHost, HostFacts } from "../../core/model/gateway-host.ts";
import type { FolderRow } from "../../core/model/message.ts";
import type { Settings } from "../../core/model/settings.ts";
import type { Trials } from "../../core/model/trials.ts";

export const goodRun: RunSummary = {
  ...noTotals,
  collected: 3,
  collectedBytes: 3_000,
  toCollect: 3,
  delivered: 3,
  deliveredBytes: 3_000,
  bytes: 3_000,
  seconds: 1.25,
  problems: [],
};

export const idleStatus: GatewayStatus = {
  state: "idle",
  version: "1.2.3",
  dataDirectory: "/data",
  nextCheckAt: null,
  folders: { Inbox: 1, Errors: 2, Junk: 3, Backup: 4 },
  route: {
    server: "192.0.2.10:25",
    forward: true,
    usable: true,
    failures: 0,
    nextProbeAt: null,
    problem: null,
  },
  accounts: [],
  lastRun: null,
  today: noTotals,
};

const noCounts = { collected: 0, delivered: 0, errors: 0, junk: 0 };

const fakeTrials: Trials = {
  testAccount: async () => ({ checks: [], tls: null, mailbox: null }),
  testServer: async () => ({ checks: [], tls: null, mailbox: null }),
  lookUp: async (host) => ({ host, addresses: ["192.0.2.10"] }),
  findHeaders: () => Promise.reject(new Error("no such answer")),
};

export const fakeFacts: HostFacts = {
  version: "1.2.3",
  host: "headless",
  dataDirectory: "/data",
  mailFolder: "/data/mail",
  hostName: "office-pc",
};

/** A host that has had its gateway from the start. */
export function fakeHost(gateway: Gateway): GatewayHost {
  return hostOf(gateway, fakeFacts);
}

export interface FakeGateway extends Gateway {
  readonly orders: CheckOrder[];
  readonly saved: Settings[];
  closed: number;
  scheduled: number;
}

/** A gateway of nothing but answers. */
export function fakeGateway(settings: Settings, answers: Partial<Gateway> = {}): FakeGateway {
  const orders: CheckOrder[] = [];
  const saved: Settings[] = [];
  const rows: readonly FolderRow[] = [];
  return {
    orders,
    saved,
    closed: 0,
    scheduled: 0,
    async check(order = {}) {
      orders.push(order);
      return goodRun;
    },
    status: () => idleStatus,
    queue: () => rows,
    settings: () => saved.at(-1) ?? settings,
    async saveSettings(next) {
      saved.push(next);
    },
    headers: () => Promise.reject(new Error("no such answer")),
    adoptHeaders: () => Promise.reject(new Error("no such answer")),
    resolve() {
      throw new Error("no such answer");
    },
    lists: () => [],
    importList: () => Promise.reject(new Error("no such answer")),
    exportList: () => "",
    act: async ({ messages }) => messages.map((queueId) => ({ queueId, code: "done", what: "Done." })),
    sendAnyway: async () => undefined,
    locateMessage() {
      throw new Error("no such answer");
    },
    openMessage: () => Promise.reject(new Error("no such answer")),
    history: async () => ({ rows: [], next: null }),
    historyMessage: async () => null,
    forgetHistory: async () => ({ erased: 0, kept: [] }),
    acknowledgeJunk: async () => 0,
    confirmClock: async () => undefined,
    diagnose: async () => ({ checks: [] }),
    subscribe: () => () => undefined,
    trials: fakeTrials,
    stop: () => false,
    pause: () => undefined,
    recentLog: () => [],
    recentAlerts: () => [],
    listFolder: async () => ({ total: 0, rows: [] }),
    listFolderIds: async () => [],
    activity: async () => ({ hours: [], days: [], today: noCounts, yesterday: noCounts }),
    startSchedule() {
      this.scheduled += 1;
    },
    async close() {
      this.closed += 1;
    },
    ...answers,
  };
}
