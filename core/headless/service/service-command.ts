/**
 * The command line with which the system starts the gateway: the program that runs now, as `efs serve` on the machine's
 * data folder. Pure.
 */
import type { Problem } from "../../model/problem.ts";
import { escapeUnprintable } from "../../model/reply.ts";
import type { ServiceCommand } from "./service-facts.ts";

export interface ProgramFacts {
  readonly platform: NodeJS.Platform;
  /** `process.execPath`. */
  readonly executable: string;
  /** `process.argv[1]`, without links in it. Of Node; the app has none. */
  readonly script: string | undefined;
  readonly electron: boolean;
  /** An AppImage that is mounted for as long as somebody uses it. */
  readonly appImage: string | undefined;
}

/**
 * A service of the app has no screen: Chromium is told not to look for one. Nothing is ever shown in that process, so
 * that there is nothing for its sandbox to hold, which could not be made without new privileges.
 */
const WITHOUT_SCREEN = ["--ozone-platform=headless", "--disable-gpu", "--no-sandbox"];

/** Folders of people, which the service's account cannot read, or that are emptied. */
const PERSONAL: Readonly<Partial<Record<NodeJS.Platform, RegExp>>> = {
  win32: /^[a-z]:\\(?:users|documents and settings|windows\\temp)\\/i,
  darwin: /^(?:\/Users|\/Volumes|\/private\/var|\/var|\/tmp|\/private\/tmp)\//,
  linux: /^\/(?:home|root|tmp|var\/tmp|run|media|mnt)\//,
};

export function serviceCommand(facts: ProgramFacts, dataDirectory: string): ServiceCommand | Problem {
  const { platform, executable, script, electron, appImage } = facts;
  if (appImage !== undefined) return appImageProblem(appImage);
  const files = electron || script === undefined ? [executable] : [executable, script];
  const personal = files.find((file) => PERSONAL[platform]?.test(file));
  if (personal !== undefined) return personalProblem(personal, platform);
  const serve = ["serve", "--data", dataDirectory];
  if (!electron) return { program: executable, args: [...files.slice(1), ...serve], electron };
  const screen = platform === "linux" ? WITHOUT_SCREEN : [];
  return { program: executable, args: [...screen, "--cli", ...serve], electron };
}

function appImageProblem(path: string): Problem {
  return {
    code: "service-program-personal",
    what: `A service cannot be run from the AppImage ${escapeUnprintable(path)}: it is there only while somebody uses it.`,
    cure: "Install the .deb package, or the program with Node below /opt, and repeat this from there.",
  };
}

function personalProblem(path: string, platform: NodeJS.Platform): Problem {
  const place =
    platform === "win32"
      ? "for all users (Program Files)"
      : platform === "darwin"
        ? "in /Applications"
        : "below /opt";
  return {
    code: "service-program-personal",
    what: `A service cannot be run from ${escapeUnprintable(path)}: it has an account of its own, which cannot rely on files in that folder.`,
    cure: `Install the program ${place} and repeat this from there.`,
  };
}
