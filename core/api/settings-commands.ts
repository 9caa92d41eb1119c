/** The commands that read, try and save settings. */
import type { GatewayHost } from "../model/gateway-host.ts";
import type { Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { formatSettingProblem, type SettingProblem } from "../model/setting-problems.ts";
import type { Settings, SmtpServerSettings } from "../model/settings.ts";
import { accountNamed } from "../settings/account-named.ts";
import { exportSettings } from "../settings/export-settings.ts";
import { importSettings } from "../settings/import-settings.ts";
import { parsePart } from "../settings/parse-part.ts";
import { type ParsedSettings, parseSettings } from "../settings/parse-settings.ts";
import { settingsRevision } from "../settings/revision.ts";
import type { ImportedSettings, SaveSettingsResult, SettingsDocument } from "./contract.ts";

/** What the pages edit. */
export function settingsDocument(settings: Settings): SettingsDocument {
  return { settings: exportSettings(settings, null).settings, revision: settingsRevision(settings) };
}

export interface SettingsSaves {
  /** Something else that changes them. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
  save(text: string, revision: string | null): Promise<SaveSettingsResult>;
  import(text: string): Promise<ImportedSettings>;
}

/**
 * One at a time, so that of two who edited the same settings the second one learns of it. Settings that cannot be used
 * change nothing.
 */
export function createSettingsSaves(host: GatewayHost, secrets: Secrets): SettingsSaves {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const inForce = (): Settings | null => {
    const current = host.current();
    return current.kind === "ready" ? current.gateway.settings() : null;
  };
  const put = async (settings: Settings): Promise<void> => {
    const current = host.current();
    if (current.kind === "ready") await current.gateway.saveSettings(settings);
    else await current.finish(settings);
  };
  return {
    inTurn,
    save: (text, revision) =>
      inTurn(async () => {
        const stored = inForce();
        const theirs = stored === null ? null : settingsRevision(stored);
        if (theirs !== revision) return { kind: "changed-elsewhere" };
        const result = importSettings(text, secrets, stored);
        if (result.kind === "invalid") return result;
        await put(result.settings);
        return { kind: "saved", revision: settingsRevision(inForce() ?? result.settings) };
      }),
    import: (text) =>
      inTurn(async () => {
        const result = importSettings(text, secrets, inForce());
        if (result.kind === "invalid") throw new ProblemError(invalidImport(result.problems));
        await put(result.settings);
        return { accounts: result.settings.accounts.length };
      }),
  };
}

/** For "Try it": read, never stored. Throws ProblemError `settings-invalid`. */
export function unsavedSettings(text: string): Settings {
  return valid(parseSettings(text));
}

/** An account as a form has it, whatever else is not filled in yet. */
export function unsavedAccount(text: string, id: string, needed: readonly string[] = []): Settings {
  const settings = valid(parsePart(text, ["accounts", ...needed], id));
  accountNamed(settings, id);
  return settings;
}

export interface UnsavedServer {
  readonly server: SmtpServerSettings;
  readonly settings: Settings;
}

/** A mail server as a form has it. Without domains there is nobody to ask it for. */
export function unsavedServer(text: string, which: "smtp" | "fallback"): UnsavedServer {
  const settings = valid(parsePart(text, ["smtp", "domains"]));
  const server = which === "smtp" ? settings.smtp : settings.smtp.fallback;
  if (server === null) throw new ProblemError(noFallback);
  return { server, settings };
}

function valid(parsed: ParsedSettings): Settings {
  if (parsed.kind === "settings") return parsed.settings;
  const problems =
    parsed.kind === "invalid" ? parsed.problems : [{ path: "version", message: "is from a newer program" }];
  throw new ProblemError({
    code: "settings-invalid",
    what: `These settings are not valid: ${escapeUnprintable(problems.slice(0, 20).map(formatSettingProblem).join("; "))}.`,
    cure: "Correct them and try again.",
  });
}

export function invalidImport(problems: readonly SettingProblem[]): Problem {
  return {
    code: "settings-import-invalid",
    what: `These settings cannot be imported: ${escapeUnprintable(problems.map(formatSettingProblem).join("; "))}.`,
    cure: "Correct them and import again; nothing was changed.",
  };
}

const noFallback: Problem = {
  code: "settings-server-unknown",
  what: "There is no second mail server in these settings.",
  cure: "Enter its name first.",
};
