/** The pages as browsers, and those who pretend to be one, reach them: over real sockets. */
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ask,
  builtPagesFolder,
  cheapPasswordHash,
  cookieOf,
  INDEX,
  openPage,
  SCRIPT,
  signIn,
  startPages,
  tryPassword,
  upgradeHeaders,
} from "../support/pages-kit.ts";

const password = "correct horse";
const withPassword = { web: { password: cheapPasswordHash(password) } };

test("the printed address becomes a cookie and a clean address, once", async () => {
  const { server, port } = await startPages();
  const address = server.issueAddress();
  expect(address).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{43}$`));
  const path = address.slice(address.indexOf("/?"));
  // A look ahead uses nothing up.
  expect((await ask(port, path, { method: "HEAD" })).status).toBe(401);
  const answer = await ask(port, path);
  expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
  expect(answer.headers["set-cookie"]?.[0]).toMatch(
    new RegExp(`^efs-session-${port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
  );
  const cookie = cookieOf(answer);
  const page = await ask(port, "/", { headers: { cookie } });
  const nonce = /style-src 'self' 'nonce-([\w-]+)'/.exec(
    String(page.headers["content-security-policy"]),
  )?.[1];
  expect([page.status, page.body]).toEqual([200, INDEX.replaceAll("__CSP_NONCE__", String(nonce))]);

  const replayed = await ask(port, path);
  expect([replayed.status, cookieOf(replayed)]).toEqual([401, ""]);
  expect(replayed.body).toContain("This address has been used already");
  // Who is signed in already just goes on.
  expect((await ask(port, path, { headers: { cookie } })).status).toBe(303);
});

test("a token is good for ten minutes, of the clock that nobody can set", async () => {
  const { server, port, clock } = await startPages();
  const [first, second] = [new URL(server.issueAddress()).search, new URL(server.issueAddress()).search];
  await clock.advance(10 * 60_000 - 1);
  clock.step(3_600_000);
  expect((await ask(port, `/${first}`)).status).toBe(303);
  await clock.advance(1);
  expect((await ask(port, `/${second}`)).status).toBe(401);
});

test("without a session every page is the one that says how to sign in", async () => {
  const { port } = await startPages();
  for (const path of ["/", "/detail", "/assets/index-B3x_-9.js", "/nothing.png", "/index.html"]) {
    const answer = await ask(port, path, { headers: { cookie: `efs-session-${port}=${"A".repeat(43)}` } });
    expect([answer.status, answer.headers["content-type"]]).toEqual([401, "text/html; charset=utf-8"]);
    expect(answer.body).toContain("<code>efs open</code>");
    expect(answer.body).not.toMatch(/<form|<script/);
    expect(answer.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'nonce-[\w-]{22}'; form-action 'self'$/,
    );
  }
  const session = await ask(port, "/api/session");
  expect([session.status, JSON.parse(session.body)]).toMatchObject([
    401,
    { error: { code: "sign-in-needed" } },
  ]);
});

test("what is fetched from another site's page is opened by a step of our own, which has the cookie", async () => {
  const { server, port } = await startPages();
  const headers = { "sec-fetch-site": "cross-site" };
  const linked = await ask(port, "/detail", { headers });
  expect([linked.status, /http-equiv="refresh" content="([^"]*)"/.exec(linked.body)?.[1]]).toEqual([
    200,
    "0;url=/detail",
  ]);
  // Never to somewhere else.
  for (const path of ["//attacker.example/", "/%2fattacker.example", "/\\attacker.example", '/"x']) {
    const { body } = await ask(port, path, { headers });
    expect(/http-equiv="refresh" content="([^"]*)"/.exec(body)?.[1]).toBe("0;url=/");
  }
  const token = await ask(port, `/${new URL(server.issueAddress()).search}`, { headers });
  expect([token.status, token.body.includes("0;url=/")]).toEqual([200, true]);
  expect((await ask(port, "/", { headers: { cookie: cookieOf(token) } })).body).toContain("csp-nonce");
});

test("other hosts and other origins get nothing, signed in or not", async () => {
  const { port, server } = await startPages();
  const cookie = await signIn({ port, server });
  const own = `127.0.0.1:${port}`;
  const cases: readonly (readonly [number, Record<string, string>])[] = [
    [421, { host: "attacker.example" }],
    [421, { host: `attacker.example:${port}` }],
    [421, { host: `127.0.0.1.attacker.example:${port}` }],
    [421, { host: "127.0.0.1:1" }],
    [421, { host: "127.0.0.1" }],
    [421, { host: `10.0.0.1:${port}` }],
    [200, { host: `LOCALHOST:${port}` }],
    [200, { host: own, origin: `http://${own}` }],
    [403, { host: own, origin: `https://${own}` }],
    [403, { host: own, origin: `http://localhost:${port}` }],
    [403, { host: own, origin: `http://127.0.0.1:${port + 1}` }],
    [403, { host: own, origin: "http://attacker.example" }],
    [403, { host: own, origin: "null" }],
  ];
  for (const [status, headers] of cases) {
    for (const path of ["/", "/assets/index-B3x_-9.js", "/api/session"]) {
      const answer = await ask(port, path, { headers: { cookie, ...headers } });
      expect([answer.status, path, headers]).toEqual([status, path, headers]);
    }
  }
});

test("the WebSocket is opened only with cookie, Origin and Host", async () => {
  const { port, server } = await startPages();
  const good = upgradeHeaders(port, await signIn({ port, server }));
  const status = async (
    changes: Record<string, string | undefined>,
    path = "/api/socket",
  ): Promise<number> => {
    const headers = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
    return (await ask(port, path, { headers: Object.fromEntries(headers) as Record<string, string> })).status;
  };
  expect(await status({})).toBe(101);
  expect(await status({ cookie: "" })).toBe(401);
  expect(await status({ cookie: `efs-session-${port}=${"A".repeat(43)}` })).toBe(401);
  expect(await status({ cookie: good["cookie"]?.replace("efs-session", "xfs-session") })).toBe(401);
  expect(await status({ origin: undefined })).toBe(403);
  expect(await status({ origin: "http://attacker.example" })).toBe(403);
  expect(await status({ origin: "null" })).toBe(403);
  expect(await status({ origin: `http://localhost:${port}` })).toBe(403);
  expect(await status({ host: `attacker.example:${port}`, origin: `http://attacker.example:${port}` })).toBe(
    421,
  );
  expect(await status({}, "/")).toBe(400);
  expect(await status({}, "/api/call/status")).toBe(400);
  expect(await status({}, "/api/socket/")).toBe(400);
  // Without an upgrade there is nothing.
  expect(
    (
      await ask(port, "/api/socket", {
        headers: { cookie: good["cookie"] ?? "", origin: good["origin"] ?? "" },
      })
    ).status,
  ).toBe(404);
});

test("the cookie opens no call, and the command line's token no page", async () => {
  const { port, server, apiToken } = await startPages();
  const cookie = await signIn({ port, server });
  const call = { method: "POST", body: "{}", headers: { "content-type": "application/json", cookie } };
  expect((await ask(port, "/api/call/status", call)).status).toBe(401);
  expect((await ask(port, "/api/sign-in-address", call)).status).toBe(401);
  const bearer = { authorization: `Bearer ${apiToken}` };
  expect((await ask(port, "/", { headers: bearer })).status).toBe(401);
  const fresh = await ask(port, "/api/sign-in-address", { method: "POST", headers: bearer });
  const { address } = (JSON.parse(fresh.body) as { ok: { address: string } }).ok;
  expect((await ask(port, `/${new URL(address).search}`)).status).toBe(303);
});

test("after ten wrong tries in a minute the eleventh is not looked at; a right token is", async () => {
  const { port, server, clock, apiToken } = await startPages(withPassword);
  const bearer = (token: string) =>
    ask(port, "/api/call/status", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    });
  for (let count = 1; count <= 4; count += 1) expect((await ask(port, "/?token=wrong")).status).toBe(401);
  for (let count = 1; count <= 3; count += 1) expect((await bearer("wrong")).status).toBe(401);
  await clock.advance(30_000);
  for (let count = 1; count <= 3; count += 1) expect((await tryPassword(port, "wrong")).status).toBe(401);
  const refused = [
    await ask(port, "/?token=wrong"),
    await bearer("wrong"),
    // Right, but who can only guess is not told.
    await tryPassword(port, password),
  ];
  expect(refused.map(({ status, headers }) => [status, headers["retry-after"]])).toEqual([
    [429, "30"],
    [429, "30"],
    [429, "30"],
  ]);
  expect((await bearer(apiToken)).status).toBe(200);
  expect(await signIn({ port, server })).not.toBe("");
  await clock.advance(30_000);
  expect((await tryPassword(port, password)).status).toBe(303);
});

test("guesses at the same time do not get round the limit", async () => {
  const { port } = await startPages(withPassword);
  const guesses = Array.from({ length: 20 }, () => tryPassword(port, "wrong"));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
});

test("who has not signed in cannot send much", async () => {
  const { port } = await startPages(withPassword);
  const body = "x".repeat(10_000);
  const form = "application/x-www-form-urlencoded";
  const json = "application/json";
  for (const [path, type] of [
    ["/sign-in", form],
    ["/sign-in", json],
    ["/sign-out", form],
    ["/nothing", json],
    ["/api/nothing", json],
  ] as const) {
    const answer = await ask(port, path, { method: "POST", headers: { "content-type": type }, body });
    expect([path, type, answer.status]).toEqual([path, type, 413]);
  }
});

test("with the password, where there is one", async () => {
  const pages = await startPages(withPassword);
  const { port } = pages;
  const form = await ask(port, "/detail");
  expect(form.body).toContain('<form method="post" action="/sign-in">');
  // Browsers would hide the origin of a form otherwise.
  expect(form.headers["referrer-policy"]).toBe("same-origin");
  const answer = await tryPassword(port, password, { headers: { origin: `http://127.0.0.1:${port}` } });
  expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
  const cookie = cookieOf(answer);
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(200);
  const wrong = await tryPassword(port, "correct horse ");
  expect([wrong.status, cookieOf(wrong)]).toEqual([401, ""]);
  expect(wrong.body).toContain("That is not the password.");
  expect((await tryPassword(port, password, { headers: { origin: "http://attacker.example" } })).status).toBe(
    403,
  );

  // Another password ends what began with the old one, not what began with an address.
  const byAddress = await signIn(pages);
  pages.web = { ...pages.web, password: cheapPasswordHash("another one") };
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(401);
  expect((await ask(port, "/", { headers: { cookie: byAddress } })).status).toBe(200);

  pages.web = { ...pages.web, password: null };
  expect((await tryPassword(port, "")).status).toBe(401);
  expect((await tryPassword(port, "another one")).status).toBe(401);
});

test("a session outlives a restart of the gateway, 30 days at most; only its hash is on the disk", async () => {
  const first = await startPages();
  const cookie = await signIn(first);
  const { folder, port, clock } = first;
  const file = join(folder, "web-sessions.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).not.toContain(cookie.split("=")[1]);
  await first.server.close();
  const second = await startPages({ dataDirectory: folder, port, clock });
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(200);
  // Each use counts.
  await clock.advance(20 * 86_400_000);
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(200);
  await clock.advance(20 * 86_400_000);
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(200);
  await clock.advance(30 * 86_400_000 + 1);
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(401);
  await second.server.close();

  await writeFile(file, "{");
  await startPages({ dataDirectory: folder, port, clock });
  expect((await ask(port, "/", { headers: { cookie } })).status).toBe(401);
});

test("signing out ends the session and its open pages, not those of others", async () => {
  const pages = await startPages();
  const { port } = pages;
  const [mine, other] = [await signIn(pages), await signIn(pages)];
  const [open, others] = [await openPage(port, mine), await openPage(port, other)];
  const foreign = { method: "POST", headers: { cookie: mine, origin: "http://attacker.example" } };
  expect((await ask(port, "/sign-out", foreign)).status).toBe(403);
  const answer = await ask(port, "/sign-out", { method: "POST", headers: { cookie: mine } });
  expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
  expect(answer.headers["set-cookie"]?.[0]).toMatch(/^efs-session-\d+=; Max-Age=0; /);
  expect(await open.closed).toBe(4401);
  expect((await ask(port, "/", { headers: { cookie: mine } })).status).toBe(401);
  others.send({ id: 1, call: "status", input: {} });
  expect(await others.next()).toEqual({ id: 1, result: { ok: { name: "status", input: {} } } });
});

test("files of the pages, and how long they may be kept; any address of a page is the page", async () => {
  const pages = await startPages();
  const { port } = pages;
  const headers = { cookie: await signIn(pages) };
  const script = await ask(port, "/assets/index-B3x_-9.js", { headers });
  expect([
    script.status,
    script.body,
    script.headers["content-type"],
    script.headers["cache-control"],
  ]).toEqual([200, SCRIPT, "application/javascript; charset=utf-8", "public, max-age=31536000, immutable"]);
  const icon = await ask(port, "/icon.svg", { headers });
  expect([icon.status, icon.headers["content-type"], icon.headers["cache-control"]]).toEqual([
    200,
    "image/svg+xml",
    "public, max-age=0",
  ]);
  for (const path of ["/", "/index.html", "/detail", "/folders/Errors/", "/?x=1"]) {
    const page = await ask(port, path, { headers });
    expect([path, page.status, page.headers["cache-control"]]).toEqual([path, 200, "no-cache, private"]);
    expect(page.body).toContain("csp-nonce");
  }
  expect((await ask(port, "/assets/gone.js", { headers })).status).toBe(404);
  expect((await ask(port, "/api/nothing", { headers })).status).toBe(404);
  expect((await ask(port, "/", { headers, method: "PUT" })).status).toBe(404);
});

test("nothing outside of the pages' folder", async () => {
  const folder = await builtPagesFolder();
  const outside = join(folder, "..", "outside.txt");
  await writeFile(outside, "secret");
  await writeFile(join(folder, ".env.txt"), "secret");
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git", "config.txt"), "secret");
  await symlink(outside, join(folder, "link.txt"));
  await symlink(join(folder, ".."), join(folder, "up"));
  await symlink(join(folder, ".env.txt"), join(folder, "assets", "link.txt"));
  const pages = await startPages({ pages: folder });
  const { port } = pages;
  const headers = { cookie: await signIn(pages) };
  for (const path of [
    "/../outside.txt",
    "/..%2foutside.txt",
    "/%2e%2e/outside.txt",
    "/%2e%2e%2foutside.txt",
    "/..%5coutside.txt",
    "/..\\outside.txt",
    "/assets/../../outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "/assets/%252e%252e/outside.txt",
    "//outside.txt",
    "/.env.txt",
    "/%2eenv.txt",
    "/.git/config.txt",
    "/link.txt",
    "/up/outside.txt",
    "/assets/link.txt",
    "/icon.svg%00.txt",
    "/icon.svg/",
    "/assets.txt/",
    "/%",
    "/%c0%ae%c0%ae/outside.txt",
    `/${outside}`,
    `/%2f${outside.slice(1)}`,
    "/assets/CON.txt",
    "/icon.svg::$DATA",
    `/${"x".repeat(5_000)}.txt`,
  ]) {
    const answer = await ask(port, path, { headers });
    expect([path, answer.body.includes("secret"), [400, 404, 414].includes(answer.status)]).toEqual([
      path,
      false,
      true,
    ]);
  }
  expect(pages.faults).toEqual([]);
});

test("pages that are not built yet say so", async () => {
  const pages = await startPages({ pages: join(await builtPagesFolder(), "nowhere") });
  const headers = { cookie: await signIn(pages) };
  const answer = await ask(pages.port, "/", { headers });
  expect([answer.status, answer.body.includes("<code>npm run build</code>")]).toEqual([503, true]);
});

test("every answer tells browsers to be careful", async () => {
  const pages = await startPages();
  const { port } = pages;
  const headers = { cookie: await signIn(pages) };
  const answers = [
    await ask(port, "/", { headers }),
    await ask(port, "/"),
    await ask(port, "/assets/index-B3x_-9.js", { headers }),
    await ask(port, "/api/session", { headers }),
    await ask(port, "/nothing.png", { headers }),
    await ask(port, "/%", { headers }),
    await ask(port, "/", { headers: { host: "attacker.example" } }),
    await ask(port, "/api/call/status", { method: "POST" }),
    await ask(port, "/api/socket", { headers: upgradeHeaders(port, "") }),
    await ask(port, "/sign-out", { method: "POST" }),
  ];
  for (const answer of answers) {
    expect(answer.headers).toMatchObject({
      "content-security-policy": expect.stringMatching(
        /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'; /,
      ),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": expect.stringMatching(/^(?:no-referrer|same-origin)$/),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
  expect(answers[0]?.headers["content-security-policy"]).not.toContain("'unsafe-inline' ");
  expect(answers[0]?.headers["content-security-policy"]).toContain("; script-src 'self'; ");
});
