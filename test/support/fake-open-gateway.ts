import process from "node:process";
import type { GatewayEvent, RunSummary } from "../../core/model/event.ts";
import type { OpenGateway } from "../../core/model/gateway.ts";
import type { FolderRow } from "../../core/model/message.ts";
import { ProblemError } from "../../core/model/problem.ts";
import { createSettingsStore, missingSettings } from "../../core/settings/settings-store.ts";
import { openDataDirectory } from "../../core/spool/data-directory.ts";
import { nodeFileSystem } from "../../core/util/file-system.ts";
import { fakeGateway, goodRun, idleStatus } from "./fake-gateway.ts";

/** What a check comes to. */
export type FakeRun = "good" | "deferred" | "problem" | "fault" | "until-stopped";

/** A gateway of nothing but answers, on real settings and with the real lock. */
export function fakeOpenGateway(run: FakeRun): OpenGateway {
  return async ({ dataDirectory, secrets, version }) => {
    const lock = await openDataDirectory(dataDirectory, nodeFileSystem);
    const store = createSettingsStore(dataDirectory, secrets);
    try {
      const settings = await store.load();
      if (settings === null) throw new ProblemError(missingSettings(dataDirectory));
      let listener: (event: GatewayEvent) => void = () => undefined;
      return fakeGateway(settings, {
        check: (order) => check(run, order?.signal, (event) => listener(event)),
        status: () => ({ ...idleStatus, version, dataDirectory }),
        queue: ({ after = 0, limit = 100 }) => rows(after, limit),
        async saveSettings(next) {
          await store.save(next);
        },
        subscribe(next) {
          listener = next;
          return () => undefined;
        },
        async close() {
          lock.release();
        },
      });
    } catch (error) {
      lock.release();
      throw error;
    }
  };
}

async function check(
  run: FakeRun,
  signal: AbortSignal | undefined,
  tell: (event: GatewayEvent) => void,
): Promise<RunSummary> {
  tell({ kind: "progress", totals: goodRun });
  switch (run) {
    case "deferred":
      return { ...goodRun, delivered: 2, deferred: 1 };
    case "problem":
      return {
        ...goodRun,
        problems: [
          {
            code: "pop3-login-refused",
            what: "Account main: pop.example.net:110 refused the login.",
            cure: "Correct the password.",
            quote: "no \x1b[2J",
          },
        ],
      };
    case "fault":
      throw new TypeError("undefined is not a function");
    case "until-stopped":
      process.stderr.write("checking\n");
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      return goodRun;
    default:
      return goodRun;
  }
}

const ROWS = 1_200;

function rows(after: number, limit: number): readonly FolderRow[] {
  const count = Math.max(0, Math.min(limit, ROWS - after));
  return Array.from({ length: count }, (_, index) => {
    const id = after + index + 1;
    return {
      id,
      queueId: id.toString(16).toUpperCase().padStart(12, "0"),
      folder: "Inbox",
      kind: "mail",
      accountId: "main",
      sender: "a@example.net",
      summary: {
        from: "a@example.net",
        subject: "Hi \x1b]0;x\x07 \u202e\x9b2J",
        messageId: "<1@x>",
        date: null,
      },
      size: 2_048,
      receivedAt: 0,
      file: "f.eml",
      junkReason: null,
      reportState: null,
      recipients: [],
      trail: [],
    };
  });
}
