/** `efs serve` in a folder without settings: the real program, from its first start to the first delivered message. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connectOwner } from "../../core/headless/api-client.ts";
import { efs, officeSettings, startEfs } from "../support/office-folder.ts";
import { startMailboxServer } from "../support/pop3-mailbox-server.ts";
import { startMailServer } from "../support/smtp-mail-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("set up over the local interface: tried, saved, and from then on it is the gateway", async () => {
  const pop3 = await startMailboxServer([
    { uid: "1", content: Buffer.from("To: ann@office.test\r\nSubject: first\r\n\r\nHello\r\n") },
  ]);
  const smtp = await startMailServer();
  onTestFinished(() => Promise.all([pop3.close(), smtp.close()]).then(() => undefined));
  const data = join(await temporaryFolder(), "data");
  const serving = startEfs(["serve", "--port", "0", "--data", data, "--json"]);
  await serving.wrote('"state":"set-up"');
  await serving.wrote("There are no settings yet");
  const owner = await connectOwner(data);
  if (owner === null) throw new Error("nobody answers");

  const asked = await efs(["status", "--data", data]);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain("The set-up of the gateway that runs");
  expect(asked.stderr).toContain(`http://127.0.0.1:${owner.endpoint.port}`);

  const { call } = owner;
  const form = officeSettings(
    { pop3: pop3.port, smtp: smtp.port },
    { schedule: { days: Array(7).fill("never") } },
  );
  const text = JSON.stringify(form);
  expect(await call("hello", {})).toMatchObject({
    ok: { state: "set-up", host: "headless", dataDirectory: data, mailFolder: join(data, "mail") },
  });
  const half = JSON.stringify({ accounts: form["accounts"] });
  expect(await call("test-account", { settings: half, account: "main" })).toMatchObject({
    ok: { mailbox: { messages: 1 } },
  });
  expect(await call("resolve", { text: "To: ann@office.test\r\n\r\n", settings: text })).toMatchObject({
    ok: { resolution: { recipients: [{ address: "ann@office.test" }] } },
  });
  expect(await call("check", {})).toMatchObject({ error: { code: "set-up-needed" } });
  expect(await call("save-settings", { text: half, revision: null })).toMatchObject({
    ok: { kind: "invalid" },
  });

  const saved = await call("save-settings", { text, revision: null });
  expect(saved).toMatchObject({ ok: { kind: "saved" } });
  expect(await call("hello", {})).toMatchObject({ ok: { state: "ready" } });
  const document = await call("settings", {});
  expect(document).toMatchObject({
    ok: { revision: "ok" in saved && "revision" in saved.ok && saved.ok.revision },
  });
  expect(JSON.stringify(document)).not.toContain('"secret"');
  expect(await call("check", {})).toMatchObject({ ok: { collected: 1, delivered: 1 } });
  expect(smtp.messages.length).toBe(1);
  expect((await efs(["status", "--data", data])).code).toBe(0);

  serving.child.kill("SIGTERM");
  expect((await serving.finished).code).toBe(0);
});
