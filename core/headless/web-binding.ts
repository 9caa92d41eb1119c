/** Where the pages are shown, and whether that is allowed. */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { createSecureContext } from "node:tls";
import { ProblemError } from "../model/problem.ts";
import type { WebSettings } from "../model/settings.ts";
import { missingForOutside } from "../model/web-outside.ts";
import { fileProblem } from "../util/file-problem.ts";
import { isLoopback } from "../util/loopback.ts";
import type { TlsFiles } from "./web-app.ts";
import { badCertificate, halfKeyPair, notForOutside } from "./web-problems.ts";

export interface WebBinding {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: TlsFiles | null;
  /** Names in a Host header that are ours. */
  readonly names: readonly string[];
  /** The name in a printed address. */
  readonly shown: string;
}

/** Of the command line; they go before the settings. */
export interface BindingChoice {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * Rejects with ProblemError: `usage-host` (an address that others can reach, without password, certificate or key),
 * `settings-web` (half a key pair), `settings-web-certificate` (files that cannot be read or do not fit).
 */
export async function bindWeb(web: WebSettings, choice: BindingChoice): Promise<WebBinding> {
  const host = choice.host ?? web.host;
  const outside = !isLoopback(host);
  const missing = missingForOutside({ ...web, host });
  if (missing.length > 0) {
    throw new ProblemError(outside ? notForOutside(host, missing) : halfKeyPair(missing));
  }
  const wildcard = host === "0.0.0.0" || host === "::";
  return {
    host,
    port: choice.port ?? web.port,
    tls: await readTls(web),
    names: ["localhost", "127.0.0.1", "::1", ...(wildcard ? [] : [host]), ...web.names],
    shown: outside ? (web.names[0] ?? (wildcard ? hostname() : host)) : host,
  };
}

async function readTls({ certificate, key }: WebSettings): Promise<TlsFiles | null> {
  if (certificate === null || key === null) return null;
  const files = { cert: await readPem(certificate), key: await readPem(key) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new ProblemError(badCertificate(certificate, key, error), { cause: error });
  }
  return files;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ProblemError(fileProblem("settings-web-certificate", "Reading", path, error), { cause: error });
  }
}
