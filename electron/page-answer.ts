/**
 * Answers requests for the pages' files, with the same checks and headers as the web server: nothing outside of the
 * pages' folder, a content security policy on everything.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { locateFile, wantedFile } from "../core/headless/page-files.ts";
import { commonHeaders, pagePolicy } from "../core/headless/security-headers.ts";
import { isOurPage } from "./app-address.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** `folder`: of the built pages. Never rejects. */
export async function answerPage(
  folder: string,
  { url, method }: Pick<Request, "url" | "method">,
): Promise<Response> {
  if (method !== "GET" && method !== "HEAD") return refused(405);
  const path = isOurPage(url) ? decodedPath(url) : null;
  if (path === null) return refused(404);
  const wanted = wantedFile(path);
  if (wanted.kind === "none") return refused(404);
  const name = wanted.kind === "index" ? "index.html" : wanted.name;
  const root = await locateFile(folder, name);
  if (root === null) return refused(404);
  const content = await readFile(join(root, name));
  const type = TYPES[extname(name)] ?? "application/octet-stream";
  if (wanted.kind === "file")
    return new Response(content, { headers: { ...commonHeaders, "content-type": type } });
  const nonce = randomBytes(16).toString("base64");
  return new Response(content.toString("utf8").replaceAll("__CSP_NONCE__", nonce), {
    headers: { ...commonHeaders, "content-security-policy": pagePolicy(nonce), "content-type": type },
  });
}

function decodedPath(address: string): string | null {
  try {
    return decodeURIComponent(new URL(address).pathname);
  } catch {
    return null;
  }
}

function refused(status: number): Response {
  return new Response(null, { status, headers: commonHeaders });
}
