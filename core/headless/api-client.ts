/**
 * Hands commands to the process that owns the data.
 *
 * 1. The owner has to show within seconds that it is there; a command itself may then take as long as it
 *    needs (a check of a full mailbox takes hours). A process that dies ends the wait at once.
 * 2. The token is sent to a loopback address only.
 * 3. An endpoint file whose process is gone, or just stopping, counts as none.
 */
import { request } from "node:http";
import * as z from "zod";
import {
  type Call,
  CONTRACT_VERSION,
  type CommandInput,
  type CommandName,
  type CommandResults,
  type WireResult,
  wireResultSchema,
} from "../api/contract.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { errorCode } from "../util/file-system.ts";
import { isLoopback } from "../util/loopback.ts";
import { type Endpoint, readEndpoint, readToken } from "./endpoint-file.ts";

/** Milliseconds in which an owner has to answer. */
const ANSWER = 5_000;
const ANSWER_BYTES = 64 * 1_048_576;
const signInAddressSchema = z.object({ address: z.string() });

export interface Owner {
  readonly endpoint: Endpoint;
  readonly call: Call;
  /** A fresh address of its pages that signs in once. */
  signInAddress(): Promise<WireResult<string>>;
}

export interface ConnectOptions {
  /** Milliseconds in which it has to show that it is there. */
  readonly answerWithin?: number;
  /** Ends the waiting for a command's answer, not the command. */
  readonly signal?: AbortSignal;
}

/**
 * null: nobody who can be asked (no endpoint, or its process is gone). Rejects with ProblemError
 * `owner-no-answer` when it hangs, `owner-other-version` when it speaks another contract.
 */
export async function connectOwner(
  dataDirectory: string,
  { answerWithin = ANSWER, signal }: ConnectOptions = {},
): Promise<Owner | null> {
  const endpoint = await readEndpoint(dataDirectory);
  const token = await readToken(dataDirectory);
  if (endpoint === null || token === null || !isLoopback(endpoint.host)) return null;
  const answer = await post(endpoint, token, "call/status", {}, AbortSignal.timeout(answerWithin));
  switch (answer.kind) {
    case "gone":
      return null;
    case "silent":
      throw new ProblemError(noAnswer(endpoint, dataDirectory));
    case "answer":
      // Somebody else's process at a port that was the owner's once.
      if (answer.status === 401 || answer.status === 429 || answer.result === null) return null;
      if ("error" in answer.result && answer.result.error.code === "owner-stopping") return null;
  }
  if (endpoint.contract !== CONTRACT_VERSION) throw new ProblemError(otherVersion(endpoint));
  const ask = async (path: string, input: unknown): Promise<WireResult<unknown>> => {
    const result = await post(endpoint, token, path, input, signal);
    if (result.kind === "silent") return { error: stoppedWaiting(endpoint) };
    if (result.kind !== "answer" || result.result === null) return { error: lost(endpoint) };
    return result.result;
  };
  const call: Call = async <Name extends CommandName>(name: Name, input: CommandInput<Name>) => {
    const answer = (await ask(`call/${name}`, input)) as WireResult<CommandResults[Name]>;
    const unset = "error" in answer && answer.error.code === "set-up-needed";
    return unset ? { error: setUpNeeded(answer.error, endpoint) } : answer;
  };
  return {
    endpoint,
    call,
    async signInAddress() {
      const result = await ask("sign-in-address", {});
      return "error" in result ? result : { ok: signInAddressSchema.parse(result.ok).address };
    },
  };
}

type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly result: WireResult<unknown> | null }
  | { readonly kind: "gone" }
  | { readonly kind: "silent" };

/** Never rejects. `signal` ends the waiting (`silent`). */
function post(
  endpoint: Endpoint,
  token: string,
  path: string,
  input: unknown,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const body = JSON.stringify(input);
  return new Promise((resolve) => {
    const sent = request({
      host: endpoint.host,
      port: endpoint.port,
      path: `/api/${path}`,
      method: "POST",
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    sent.on("error", (error) => {
      resolve({ kind: error.name === "AbortError" || errorCode(error) === "ABORT_ERR" ? "silent" : "gone" });
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES) sent.destroy();
        else chunks.push(chunk);
      });
      response.on("error", (error) => {
        resolve({ kind: errorCode(error) === "ABORT_ERR" ? "silent" : "gone" });
      });
      response.on("close", () => resolve({ kind: "gone" }));
      response.on("end", () => {
        const result = readResult(Buffer.concat(chunks).toString("utf8"));
        resolve({ kind: "answer", status: response.statusCode ?? 0, result });
      });
    });
    sent.end(body);
  });
}

function readResult(text: string): WireResult<unknown> | null {
  try {
    return wireResultSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function noAnswer(endpoint: Endpoint, dataDirectory: string): Problem {
  return {
    code: "owner-no-answer",
    what: `Another process (${endpoint.pid}) owns ${escapeUnprintable(dataDirectory)} and does not answer on port ${endpoint.port}.`,
    cure: "End that process, then try again.",
  };
}

function otherVersion(endpoint: Endpoint): Problem {
  return {
    code: "owner-other-version",
    what: `The gateway that runs (process ${endpoint.pid}) is of another version: ${escapeUnprintable(endpoint.version)}.`,
    cure: "Restart it, so that both are of the same version.",
  };
}

/** Where it can be finished; the owner does not know how it is reached. */
function setUpNeeded(problem: Problem, { host, port, pid }: Endpoint): Problem {
  return {
    ...problem,
    what: `The set-up of the gateway that runs (process ${pid}) is not finished yet.`,
    cure: `Finish it in a browser at http://${host.includes(":") ? `[${host}]` : host}:${port}, or import settings with: efs import FILE.`,
  };
}

function stoppedWaiting(endpoint: Endpoint): Problem {
  return {
    code: "waiting-stopped",
    what: `The gateway that runs (process ${endpoint.pid}) goes on with it; its answer was not waited for.`,
    cure: "Ask for its status with: efs status.",
  };
}

function lost(endpoint: Endpoint): Problem {
  return {
    code: "owner-lost",
    what: `The gateway that runs (process ${endpoint.pid}) ended before it answered.`,
    cure: "Look into its log, then try again.",
  };
}
