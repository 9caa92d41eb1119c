/** Mailboxes that mean no good beside one that is as it should be: that one's mail arrives, each of the others is named. */
import { expect, onTestFinished, test } from "vitest";
import { gatewayKit, officeSettings } from "../end-to-end/gateway-kit.ts";
import { FIN, RST, type Script, startScriptedPop3Server } from "../support/scripted-pop3-server.ts";
import { startScriptedServer } from "../support/scripted-smtp-server.ts";
import { message } from "./hostile-mailbox.ts";

const block = `${"x".repeat(70)}\r\n`.repeat(1_000);

const HOSTILE: Readonly<Record<string, Script>> = {
  garbage: { greeting: ["\x00\x01\x02\r\n"] },
  closed: { greeting: [FIN] },
  reset: { answer: ({ name }) => (name === "UIDL" ? [RST] : undefined) },
  flood: {
    answer: ({ name }) =>
      name === "CAPA"
        ? [
            async (send) => {
              let open = await send("+OK\r\n");
              while (open) open = await send(block);
            },
          ]
        : undefined,
  },
  endless: {
    messages: [message("m", "Subject: m\r\n\r\nm\r\n")],
    answer: ({ name }) =>
      name === "RETR"
        ? [
            async (send) => {
              let open = await send("+OK\r\n");
              while (open) open = await send(block);
            },
          ]
        : undefined,
  },
};

test("five hostile mailboxes and a good one, in one check", { timeout: 60_000 }, async () => {
  const mail = Array.from({ length: 30 }, (_, at) =>
    message(
      `m${at}`,
      `X-Rcpt-To: ada@office.test\r\nSubject: ${at}\r\nMessage-ID: <${at}@remote.test>\r\n\r\n${at}\r\n`,
    ),
  );
  const good = await startScriptedPop3Server({ messages: mail, capabilities: ["UIDL", "PIPELINING"] });
  const smtp = await startScriptedServer();
  onTestFinished(() => smtp.close());
  const bad = await Promise.all(
    Object.entries(HOSTILE).map(async ([id, script]) => ({
      id,
      server: await startScriptedPop3Server(script),
    })),
  );
  const account = (id: string, port: number): Record<string, unknown> => ({
    id,
    host: "127.0.0.1",
    port,
    username: id,
    password: "secret",
    firstUse: "all",
    maxMessageBytes: 1_000_000,
  });
  const kit = await gatewayKit({
    ...officeSettings({}, { host: "127.0.0.1", port: smtp.port }),
    accounts: [...bad.map(({ id, server }) => account(id, server.port)), account("good", good.port)],
  });
  const summary = await kit.check();
  expect(summary).toMatchObject({ collected: 30, delivered: 30, deferred: 0, errors: 0, junk: 0 });
  expect(smtp.messages.length).toBe(30);
  expect(good.remaining()).toEqual([]);
  // One sentence for each, with its name; a message without end is too large, which is an alert.
  const told = summary.problems.map(({ what }) => what);
  const failed = bad.map(({ id }) => id).filter((id) => id !== "endless");
  expect(failed.map((id) => told.filter((what) => what.includes(`"${id}"`)).length)).toEqual([1, 1, 1, 1]);
  expect(told.length).toBe(failed.length);
  expect(kit.heard.alerts.map(({ cause }) => cause)).toContain("pop3-too-large:endless:m");
  for (const { server } of bad) expect(server.sent()).toBeLessThan(32_000_000);
});
