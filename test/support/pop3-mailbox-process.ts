/** The embedded POP3 server as a process of its own; started by `startMailboxProcess`. */
import { fillMailbox } from "./mailbox-fill.ts";
import type { MailboxServer } from "./pop3-mailbox-server.ts";
import { startMailboxServer } from "./pop3-mailbox-server.ts";
import { serveCalls } from "./serve-calls.ts";
import type { MailboxCalls } from "./server-process.ts";

let running: MailboxServer | null = null;

function server(): MailboxServer {
  if (running === null) throw new Error("not started");
  return running;
}

const calls: MailboxCalls = {
  async start(fill, options) {
    running = await startMailboxServer(fillMailbox(fill), options);
    return { port: running.port, fingerprint: running.certificate?.fingerprint ?? null };
  },
  counts: async () => server().counts(),
  left: async () => server().left(),
  events: async (from = 0) => server().events.slice(from),
  add: async (fill) => server().add(fillMailbox(fill)),
  addFault: async (fault) => server().addFault(fault),
  idle: () => server().idle(),
  stop: () => server().stop(),
  restart: () => server().start(),
};

serveCalls({ ...calls });
