import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createDispatch } from "../../core/api/commands.ts";
import { CONTRACT_VERSION } from "../../core/api/contract.ts";
import { createStreams } from "../../core/api/streams.ts";
import { connectOwner } from "../../core/headless/api-client.ts";
import { type ApiServer, startApiServer } from "../../core/headless/api-server.ts";
import { readToken, writeEndpoint, writeToken } from "../../core/headless/endpoint-file.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { fakeGateway, fakeHost, goodRun, idleStatus } from "../support/fake-gateway.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Api {
  readonly folder: string;
  readonly server: ApiServer;
  readonly port: number;
  readonly token: string;
}

async function startApi(answers: Partial<Gateway> = {}, host = "127.0.0.1"): Promise<Api> {
  const folder = await temporaryFolder();
  const onFault = (): void => undefined;
  const gateway = fakeGateway(sampleSettings(), answers);
  const server = await startApiServer({
    dataDirectory: folder,
    host,
    port: 0,
    version: "1.2.3",
    clock: systemClock,
    streams: createStreams({ clock: systemClock }),
    web: () => gateway.settings().web,
    onFault,
    dispatch: createDispatch({ host: fakeHost(gateway), secrets: fakeSecrets(), onFault }),
  });
  onTestFinished(() => server.close());
  return {
    folder,
    server,
    port: Number(new URL(server.address).port),
    token: (await readToken(folder)) ?? "",
  };
}

interface Asked {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

function ask(
  port: number,
  headers: Record<string, string>,
  { path = "/api/call/status", method = "POST", body = "{}" } = {},
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers, agent: false, timeout: 5_000 },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
        );
      },
    );
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.end(body);
  });
}

test("a command with the token is answered; files say where, and go at the end", async () => {
  const { folder, server, port, token } = await startApi();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await ask(port, headers);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { ok: idleStatus }]);
  expect(JSON.parse(await readFile(join(folder, "endpoint.json"), "utf8"))).toEqual({
    version: "1.2.3",
    contract: CONTRACT_VERSION,
    host: "127.0.0.1",
    port,
    pid: process.pid,
  });
  expect((await stat(join(folder, "api-token"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "endpoint.json"))).mode & 0o777).toBe(0o644);
  await server.close();
  expect(await readdir(folder)).toEqual([]);
});

test("whoever has no right to ask is refused", async () => {
  const { port, token } = await startApi();
  const json = { "content-type": "application/json" };
  const good = { ...json, authorization: `Bearer ${token}` };
  const status = async (...args: Parameters<typeof ask> extends [number, ...infer Rest] ? Rest : never) =>
    (await ask(port, ...args)).status;
  expect(await status(json)).toBe(401);
  expect(await status({ ...json, authorization: "Bearer " })).toBe(401);
  expect(await status({ ...json, authorization: `Bearer ${token}x` })).toBe(401);
  expect(await status({ ...json, authorization: `bearer ${token.toLowerCase()}` })).toBe(401);
  expect(await status({ ...good, host: "attacker.example" })).toBe(421);
  expect(await status({ ...good, host: `attacker.example:${port}` })).toBe(421);
  expect(await status({ ...good, host: "127.0.0.1:1" })).toBe(421);
  expect(await status({ ...good, host: `LOCALHOST:${port}` })).toBe(200);
  expect(await status({ ...good, origin: "http://attacker.example" })).toBe(403);
  expect(await status({ ...good, origin: "null" })).toBe(403);
  expect(await status({ ...good, origin: `http://127.0.0.1:${port}` })).toBe(200);
  expect(await status({ authorization: good.authorization, "content-type": "text/plain" })).toBe(415);
  expect(await status(good, { body: "{" })).toBe(400);
  expect(await status(good, { body: '{"__proto__": {}}' })).toBe(400);
  expect(await status(good, { method: "GET", body: "" })).toBe(404);
  expect(await status(good, { path: "/api/call/../../etc/passwd" })).toBe(404);
});

test("an answer lets no other page read it", async () => {
  const { port, token } = await startApi();
  const preflight = await ask(
    port,
    { origin: "http://attacker.example", "access-control-request-method": "POST" },
    { method: "OPTIONS", body: "" },
  );
  const answer = await ask(port, { authorization: `Bearer ${token}`, "content-type": "application/json" });
  for (const { headers } of [preflight, answer]) {
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("too much is not read", async () => {
  const { port, token } = await startApi();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = `{"text": "${"x".repeat(25 * 1_048_576)}"}`;
  const outcome = await ask(port, headers, { path: "/api/call/import-settings", body }).then(
    ({ status }) => status,
    // It may hang up before all was sent.
    () => 413,
  );
  expect(outcome).toBe(413);
});

test("another address than loopback is refused", async () => {
  await expect(startApi({}, "0.0.0.0")).rejects.toMatchObject({ problem: { code: "usage-host" } });
});

test("a port that is taken is told", async () => {
  const { port } = await startApi();
  const folder = await temporaryFolder();
  const starting = startApiServer({
    dataDirectory: folder,
    host: "127.0.0.1",
    port,
    version: "1.2.3",
    clock: systemClock,
    streams: createStreams({ clock: systemClock }),
    web: () => sampleSettings().web,
    onFault: () => undefined,
    dispatch: async () => ({ ok: null }),
  });
  await expect(starting).rejects.toMatchObject({ problem: { code: "port-in-use" } });
  expect(await readdir(folder)).toEqual([]);
});

test("a client finds the owner and is served; problems come through", async () => {
  const { folder } = await startApi();
  const owner = await connectOwner(folder);
  expect(await owner?.call("check", {})).toEqual({ ok: goodRun });
  expect(await owner?.call("check", { accounts: ["nobody"] })).toMatchObject({
    error: { code: "settings-account-unknown" },
  });
});

test("one that is stopping counts as gone, but finishes what it began", async () => {
  const { promise, resolve } = Promise.withResolvers<typeof goodRun>();
  const { folder, server } = await startApi({ check: () => promise });
  const owner = await connectOwner(folder);
  const check = owner?.call("check", {});
  // The order of arrival: this second question is answered when the first one has arrived.
  await owner?.call("status", {});
  await server.refuse();
  expect(await connectOwner(folder)).toBeNull();
  expect(await owner?.call("status", {})).toMatchObject({ error: { code: "owner-stopping" } });
  resolve(goodRun);
  expect(await check).toEqual({ ok: goodRun });
});

test("whoever takes over the data while this one still finishes keeps the files that say where it is", async () => {
  const { folder, server } = await startApi();
  await server.refuse();
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, "api-token"), "of the next one");
  await writeFile(join(folder, "endpoint.json"), "{}");
  await server.close();
  expect((await readdir(folder)).sort()).toEqual(["api-token", "endpoint.json"]);
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("no endpoint, one of a process that is gone, one that is no endpoint: nobody", async () => {
  const folder = await temporaryFolder();
  expect(await connectOwner(folder)).toBeNull();
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  await writeToken(folder);
  await writeEndpoint(folder, { version: "1.2.3", host: "127.0.0.1", port, pid: 1 });
  expect(await connectOwner(folder)).toBeNull();
  await writeFile(join(folder, "endpoint.json"), "{");
  expect(await connectOwner(folder)).toBeNull();
});

test("a stranger at the port is not taken for the owner", async () => {
  const folder = await temporaryFolder();
  const port = await listen(createServer((_request, response) => response.end("<html>hello</html>")));
  await writeToken(folder);
  await writeEndpoint(folder, { version: "1.2.3", host: "127.0.0.1", port, pid: 1 });
  expect(await connectOwner(folder)).toBeNull();
});

test("the token is not sent to an address that is not loopback", async () => {
  const folder = await temporaryFolder();
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end('{"ok": {}}');
  });
  const port = await listen(server);
  await writeToken(folder);
  // Reaches this computer, yet says nothing about which one it is meant to be.
  await writeEndpoint(folder, { version: "1.2.3", host: "0.0.0.0", port, pid: 1 });
  expect(await connectOwner(folder)).toBeNull();
  expect(asked).toBe(0);
});

test("an owner that hangs, and one of another version, are told", async () => {
  const folder = await temporaryFolder();
  await writeToken(folder);
  const hanging = await listen(createServer(() => undefined));
  await writeEndpoint(folder, { version: "1.2.3", host: "127.0.0.1", port: hanging, pid: 1 });
  await expect(connectOwner(folder, { answerWithin: 50 })).rejects.toMatchObject({
    problem: { code: "owner-no-answer" },
  });

  const other = await startApi();
  const path = join(other.folder, "endpoint.json");
  const endpoint = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...endpoint, contract: CONTRACT_VERSION + 1 }));
  await expect(connectOwner(other.folder)).rejects.toMatchObject({
    problem: { code: "owner-other-version" },
  });
});

test("whoever stops waiting is told that the owner goes on", async () => {
  const { promise, resolve } = Promise.withResolvers<typeof goodRun>();
  const { folder } = await startApi({ check: () => promise });
  const stop = new AbortController();
  const owner = await connectOwner(folder, { signal: stop.signal });
  const check = owner?.call("check", {});
  await owner?.call("status", {});
  stop.abort();
  expect(await check).toMatchObject({ error: { code: "waiting-stopped" } });
  resolve(goodRun);
});

test("an owner that dies during a command is told", async () => {
  const { folder } = await startApi();
  const owner = await connectOwner(folder);
  const { port } = owner?.endpoint ?? { port: 0 };
  expect(port).toBeGreaterThan(0);
  const dying = createServer((asked, response) => {
    if (asked.url?.endsWith("/status")) response.end('{"ok": {}}');
    else asked.socket.destroy();
  });
  const folder2 = await temporaryFolder();
  await writeToken(folder2);
  await writeEndpoint(folder2, { version: "1.2.3", host: "127.0.0.1", port: await listen(dying), pid: 7 });
  const lost = await connectOwner(folder2);
  expect(await lost?.call("check", {})).toMatchObject({ error: { code: "owner-lost" } });
});
