/** The embedded mail server as a process of its own; started by `startMailServerProcess`. */
import { serveCalls } from "./serve-calls.ts";
import type { MailServerCalls } from "./server-process.ts";
import type { MailServer } from "./smtp-mail-server.ts";
import { startMailServer } from "./smtp-mail-server.ts";

let running: MailServer | null = null;

function server(): MailServer {
  if (running === null) throw new Error("not started");
  return running;
}

const calls: MailServerCalls = {
  async start(options) {
    running = await startMailServer(options);
    return { port: running.port, fingerprint: running.certificate?.fingerprint ?? null };
  },
  messages: async (from = 1) => server().messages.slice(from - 1),
  count: async () => server().messages.length,
  refusals: async () => server().refusals,
  connections: async () => server().connections,
  setPolicy: async (policy) => void Object.assign(server().policy, policy),
  received: (count) => server().received(count),
  stop: () => server().stop(),
  restart: () => server().start(),
};

serveCalls({ ...calls });
