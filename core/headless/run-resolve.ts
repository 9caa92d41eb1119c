/**
 * `efs resolve FILE`: who would get this message, and why.
 *
 * 1. Nothing is written and no lock is taken: it works beside a gateway that runs, and with `--settings` without a
 *    data folder.
 * 2. The lists of the data folder (efsusers.txt, efsalias.txt) are used where they are there.
 */
import { open } from "node:fs/promises";
import { resolveMessage, usualAccount } from "../gateway/resolve-message.ts";
import { readAddressLists } from "../lists/address-lists.ts";
import type { ResolvedRecipient } from "../model/envelope.ts";
import { limits } from "../model/limits.ts";
import type { Verdict } from "../model/message.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import type { ResolvedMessage } from "../model/resolved-message.ts";
import { formatTrailStep, resolutionSentence, trailSentence } from "../model/trail-sentence.ts";
import { accountNamed } from "../settings/account-named.ts";
import { missingSettings } from "../settings/settings-store.ts";
import { assertNever } from "../util/assert-never.ts";
import { fileProblem } from "../util/file-problem.ts";
import { parseHeaderBlock } from "../wire/header-block.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { readSettings, readStoredSettings } from "./read-settings.ts";

export interface ResolveOptions {
  readonly settings?: string;
  readonly account?: string;
}

export async function runResolve(
  context: CommandContext,
  file: string,
  options: ResolveOptions,
): Promise<ExitCode> {
  const { dataDirectory, json, output, stdin } = context;
  if (file === "-" && options.settings === "-") throw new ProblemError(oneInput);
  const settings =
    options.settings === undefined
      ? await readStoredSettings(dataDirectory, stdin)
      : await readSettings(options.settings, stdin);
  if (settings === null) throw new ProblemError(missingSettings(dataDirectory));
  const account =
    options.account === undefined ? usualAccount(settings) : accountNamed(settings, options.account);
  const message = file === "-" ? await readStream(stdin) : await readMessage(file);
  const { aliases, users } = await readAddressLists(dataDirectory);
  const resolved = resolveMessage({
    ...message,
    settings,
    account,
    lists: { aliases, users },
    installationId: null,
  });
  if (json) {
    const { resolution } = resolved;
    const trail = resolution.trail.map((step) => ({ ...step, why: trailSentence(step) }));
    output.json({ ...resolved, resolution: { ...resolution, trail } });
  } else {
    if (options.account === undefined && settings.accounts.length > 1 && account !== null) {
      output.note(`As mail of account "${account.id}"; another one with --account ID.`);
    }
    const noHeader = parseHeaderBlock(message.header).fields.length === 0;
    if (noHeader) output.note("This does not look like a message: there is no header in it.");
    if (message.size > (account?.maxMessageBytes ?? settings.control.maxMessageBytes)) {
      output.note(
        "Collecting leaves a message of this size at the provider; this is for one that gets here all the same.",
      );
    }
    for (const line of formatResolved(resolved)) output.line(line);
  }
  return exitCode.done;
}

export function formatResolved({ resolution, summary, verdict }: ResolvedMessage): readonly string[] {
  const { recipients, sender, trail } = resolution;
  const lines = [
    `Subject:    ${summary.subject}`,
    `Sender:     ${sender === "" ? "<> (nobody: it must not be answered)" : `<${sender}>`}`,
  ];
  if (recipients.length === 0) lines.push("Recipients: none");
  recipients.forEach((recipient, index) => {
    lines.push(
      `${index === 0 ? "Recipients:" : "           "} <${recipient.address}>${roleWords(recipient)}`,
    );
  });
  lines.push(`Verdict:    ${resolutionSentence(resolution)}`, `            ${verdictWords(verdict)}`, "Why:");
  for (const step of trail) lines.push(`  ${formatTrailStep(step)}`);
  if (trail.length === 0) lines.push("  No address was found in its header.");
  return lines;
}

function roleWords({ role }: ResolvedRecipient): string {
  switch (role) {
    case "addressed":
      return "";
    case "bcc-all":
      return " (copy of every message)";
    case "postmaster":
      return " (the postmaster)";
    default:
      return assertNever(role);
  }
}

function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case "pass":
      return "It passes.";
    case "junk":
      return `It goes to Junk: ${verdict.detail}`;
    case "discard":
      return `It is discarded: ${verdict.detail}`;
    default:
      return assertNever(verdict);
  }
}

// --- what is read ----------------------------------------------------------------------------------------------------

const oneInput: Problem = {
  code: "usage-file",
  what: "Message and settings cannot both come from standard input.",
  cure: "Give the name of a file for one of them.",
};

interface MessageHead {
  readonly header: Buffer;
  readonly size: number;
}

/** As much of it as a header can be; the rest only counts. */
async function readMessage(path: string): Promise<MessageHead> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const wanted = Math.min(size, limits.headerBytes);
      const header = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await file.read(header, filled, wanted - filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return { header: header.subarray(0, filled), size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ProblemError(fileProblem("usage-file", "Reading", path, error), { cause: error });
  }
}

async function readStream(stdin: AsyncIterable<Buffer>): Promise<MessageHead> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin) {
    if (size < limits.headerBytes) pieces.push(piece.subarray(0, limits.headerBytes - size));
    size += piece.length;
  }
  return { header: Buffer.concat(pieces), size };
}
