/** Where the pages may be shown, and how they are protected there. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectOwner } from "../../core/headless/api-client.ts";
import { bindWeb } from "../../core/headless/web-binding.ts";
import type { WebSettings } from "../../core/model/settings.ts";
import {
  ask,
  cheapPasswordHash,
  cookieOf,
  startPages,
  tryPassword,
  upgradeHeaders,
} from "../support/pages-kit.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { makeTestCertificate, type TestCertificate } from "../support/test-certificate.ts";

const password = cheapPasswordHash("correct horse");

async function keyPair(): Promise<{
  readonly made: TestCertificate;
  readonly certificate: string;
  readonly key: string;
}> {
  const folder = await temporaryFolder();
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const made = makeTestCertificate();
  await writeFile(certificate, made.cert);
  await writeFile(key, made.key);
  return { made, certificate, key };
}

function web(changes: Partial<WebSettings>): WebSettings {
  return { ...sampleSettings().web, ...changes };
}

async function refusal(settings: Partial<WebSettings>, host?: string): Promise<unknown> {
  return bindWeb(web(settings), { host }).then(
    () => "allowed",
    ({ problem }) => problem,
  );
}

test("an address that others can reach needs password, certificate and key; it is told what is missing", async () => {
  const { certificate, key } = await keyPair();
  const cases: readonly (readonly [Partial<WebSettings>, readonly string[]])[] = [
    [{}, ["a password", "a certificate", "the certificate's key"]],
    [{ password }, ["a certificate", "the certificate's key"]],
    [{ password, certificate }, ["the certificate's key"]],
    [{ password, key }, ["a certificate ("]],
    [{ certificate, key }, ["a password"]],
  ];
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "mail.example.com", "128.0.0.1", "::ffff:127.0.0.1"]) {
    for (const [settings, missing] of cases) {
      const problem = await refusal(settings, host);
      expect(problem).toMatchObject({ code: "usage-host", what: expect.stringContaining(` ${host},`) });
      for (const words of ["a password", "a certificate (", "the certificate's key"]) {
        const { what } = problem as { what: string };
        expect([words, what.includes(words)]).toEqual([words, missing.some((one) => words.startsWith(one))]);
      }
    }
    expect(await refusal({ password, certificate, key }, host)).toBe("allowed");
    // In the settings just as on the command line.
    expect(await refusal({ host })).toMatchObject({ code: "usage-host" });
  }
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
    expect(await refusal({}, host)).toBe("allowed");
});

test("files that are no key pair are told", async () => {
  const { certificate, key } = await keyPair();
  const other = await keyPair();
  expect(await refusal({ certificate })).toMatchObject({ code: "settings-web" });
  expect(await refusal({ certificate: join(certificate, "nowhere"), key })).toMatchObject({
    code: "settings-web-certificate",
    what: expect.stringContaining(certificate),
  });
  expect(await refusal({ certificate, key: other.key })).toMatchObject({ code: "settings-web-certificate" });
  await writeFile(key, "no key");
  expect(await refusal({ certificate, key })).toMatchObject({ code: "settings-web-certificate" });
});

test("refused, nothing is left behind", async () => {
  const folder = await temporaryFolder();
  await expect(startPages({ dataDirectory: folder, host: "0.0.0.0" })).rejects.toMatchObject({
    problem: { code: "usage-host" },
  });
  await expect(readFile(join(folder, "api-token"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("at such an address: TLS, the password, names of the settings; the command line has a door of its own", async () => {
  const { made, certificate, key } = await keyPair();
  const pages = await startPages({
    host: "0.0.0.0",
    web: { password, certificate, key, names: ["mail.office.example"] },
  });
  const { port, server, folder } = pages;
  expect(server.address).toBe(`https://mail.office.example:${port}`);
  const trusted = made.cert;

  // Without TLS nothing is said.
  await expect(ask(port, "/")).rejects.toThrow();
  const signedIn = await tryPassword(port, "correct horse", { trusted });
  expect(signedIn.headers["set-cookie"]?.[0]).toMatch(
    new RegExp(
      `^__Host-efs-session-${port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict; Secure$`,
    ),
  );
  const cookie = cookieOf(signedIn);
  const status = async (headers: Record<string, string>, path = "/"): Promise<number> =>
    (await ask(port, path, { trusted, headers: { cookie, ...headers } })).status;
  expect(await status({})).toBe(200);
  expect(await status({ cookie: cookie.replace("__Host-", "") })).toBe(401);
  expect(await status({ host: `mail.office.example:${port}` })).toBe(200);
  expect(await status({ host: `other.example:${port}` })).toBe(421);
  expect(await status({ host: `0.0.0.0:${port}` })).toBe(421);
  expect(await status(upgradeHeaders(port, cookie, "https"), "/api/socket")).toBe(101);
  expect(await status(upgradeHeaders(port, cookie, "http"), "/api/socket")).toBe(403);

  // Calls are not answered here, whoever asks.
  const call = {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json", authorization: `Bearer ${pages.apiToken}` },
  };
  expect((await ask(port, "/api/call/status", { ...call, trusted })).status).toBe(404);
  const owner = await connectOwner(folder);
  expect(owner?.endpoint.host).toBe("127.0.0.1");
  expect(owner?.endpoint.port).not.toBe(port);
  expect(await owner?.call("status", {})).toEqual({ ok: { name: "status", input: {} } });
  const local = owner?.endpoint.port ?? 0;
  // And no page there.
  expect((await ask(local, "/", { headers: { cookie } })).status).toBe(404);
  const issued = await owner?.signInAddress();
  const address = issued !== undefined && "ok" in issued ? issued.ok : "";
  expect(address.startsWith(`https://mail.office.example:${port}/?token=`)).toBe(true);
  expect((await ask(port, `/${new URL(address).search}`, { trusted })).status).toBe(303);
});

test("a certificate for a loopback address encrypts there too", async () => {
  const { made, certificate, key } = await keyPair();
  const { port, server } = await startPages({ web: { certificate, key } });
  expect(server.address).toBe(`https://127.0.0.1:${port}`);
  expect((await ask(port, "/", { trusted: made.cert })).status).toBe(401);
});
