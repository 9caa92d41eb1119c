import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isExternalLink, isOurPage } from "../../electron/app-address.ts";
import { answerPage } from "../../electron/page-answer.ts";
import { builtPagesFolder, SCRIPT } from "../support/pages-kit.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const get = async (folder: string, url: string, method = "GET") => {
  const answer = await answerPage(folder, { url, method });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
};

test("the pages, each with its own nonce, whatever the page", async () => {
  const folder = await builtPagesFolder();
  const nonces = [];
  for (const path of ["/", "/errors", "/detail", "/index.html"]) {
    const { status, headers, body } = await get(folder, `app://efs${path}`);
    const nonce = /content="([^"]+)"/.exec(body)?.[1] ?? "";
    nonces.push(nonce);
    expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).not.toContain("__CSP_NONCE__");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`'nonce-${nonce}'`);
  }
  expect(new Set(nonces).size).toBe(4);
});

test("files with their type, and nothing that could be taken for another", async () => {
  const folder = await builtPagesFolder();
  const { status, headers, body } = await get(folder, "app://efs/assets/index-B3x_-9.js");
  expect([status, body, headers.get("content-type"), headers.get("x-content-type-options")]).toEqual([
    200,
    SCRIPT,
    "text/javascript; charset=utf-8",
    "nosniff",
  ]);
  expect((await get(folder, "app://efs/icon.svg")).headers.get("content-type")).toBe("image/svg+xml");
});

test.each([
  "app://efs/..%2f..%2fsecret.txt",
  "app://efs/%2e%2e/secret.txt",
  "app://efs/assets/..%5c..%5csecret.txt",
  "app://efs/link.txt",
  "app://efs/.env",
  "app://efs/missing.js",
  "app://efs/%E0%A4%A",
  "app://efs/%00.js",
  "app://other/",
  "app://efs:80/",
  "https://efs/",
  "file:///etc/passwd",
])("nothing for %s", async (url) => {
  const folder = await builtPagesFolder();
  await writeFile(join(folder, "..", "secret.txt"), "secret");
  await symlink(join(folder, "..", "secret.txt"), join(folder, "link.txt"));
  const { status, body } = await get(folder, url);
  expect([status, body]).toEqual([404, ""]);
});

test("only to be read", async () => {
  const folder = await builtPagesFolder();
  expect((await get(folder, "app://efs/", "POST")).status).toBe(405);
  expect((await get(await temporaryFolder(), "app://efs/")).status).toBe(404);
});

test("what is ours, and what the system's browser may be asked to open", () => {
  const addresses = [
    "app://efs/",
    "app://efs/detail?x#y",
    "app://efs.far.example/",
    "APP://efs/",
    "app:efs",
    "https://efs/",
    "https://far.example/",
    "https://user@far.example/",
    "http://far.example/",
    "javascript:alert(1)",
    "not an address",
  ];
  expect(addresses.filter(isOurPage)).toEqual(["app://efs/", "app://efs/detail?x#y", "APP://efs/"]);
  expect(addresses.filter(isExternalLink)).toEqual(["https://efs/", "https://far.example/"]);
});
