/**
 * How other processes find the one that owns the data.
 *
 * 1. `endpoint.json` is public: where the API listens, nothing secret. `api-token` is for the owner of the
 *    data alone (0600), and new at every start: one that leaked, or that was sent to whoever took over the
 *    port of a process that is gone, opens nothing.
 * 2. The token is on disk before the endpoint that needs it. Both go when the process ends; what a crash
 *    leaves behind is found out by asking.
 */
import { randomBytes } from "node:crypto";
import { readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { CONTRACT_VERSION } from "../api/contract.ts";
import { ProblemError } from "../model/problem.ts";
import { fileProblem } from "../util/file-problem.ts";
import { writeDurably } from "../util/write-durably.ts";

const endpointSchema = z.object({
  /** Of the program. */
  version: z.string(),
  contract: z.int(),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  pid: z.int(),
});

export type Endpoint = z.infer<typeof endpointSchema>;

const endpointPath = (dataDirectory: string): string => join(dataDirectory, "endpoint.json");
const tokenPath = (dataDirectory: string): string => join(dataDirectory, "api-token");

/** Gives the new token. */
export async function writeToken(dataDirectory: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await write(tokenPath(dataDirectory), `${token}\n`, 0o600);
  return token;
}

export async function writeEndpoint(
  dataDirectory: string,
  endpoint: Omit<Endpoint, "contract">,
): Promise<void> {
  const content = { ...endpoint, contract: CONTRACT_VERSION };
  await write(endpointPath(dataDirectory), `${JSON.stringify(content, null, 2)}\n`, 0o644);
}

/** Rejects with ProblemError `endpoint-unwritable`. */
async function write(path: string, text: string, mode: number): Promise<void> {
  try {
    await writeDurably(path, text, mode);
  } catch (error) {
    throw new ProblemError(fileProblem("endpoint-unwritable", "Writing", path, error), { cause: error });
  }
}

/** Never rejects: a file that stays behind is found out by asking. */
export async function removeEndpoint(dataDirectory: string): Promise<void> {
  await unlink(endpointPath(dataDirectory)).catch(() => undefined);
  await unlink(tokenPath(dataDirectory)).catch(() => undefined);
}

/** null: there is none, or not one that can be read. */
export async function readEndpoint(dataDirectory: string): Promise<Endpoint | null> {
  const text = await readIfThere(endpointPath(dataDirectory));
  if (text === null) return null;
  try {
    return endpointSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function readToken(dataDirectory: string): Promise<string | null> {
  const token = (await readIfThere(tokenPath(dataDirectory)))?.trim() ?? null;
  return token !== null && /^[\w-]{20,100}$/.test(token) ? token : null;
}

/** What cannot be read, for whatever reason, leads to nobody; the lock tells whether there is an owner. */
async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}
