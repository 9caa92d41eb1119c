import { expect, test } from "vitest";
import { type ProgramFacts, serviceCommand } from "../../../core/headless/service/service-command.ts";

const node: ProgramFacts = {
  platform: "linux",
  executable: "/opt/efs/bin/node",
  script: "/opt/efs/out/cli/efs.js",
  electron: false,
  appImage: undefined,
};

const app = (platform: NodeJS.Platform, executable: string): ProgramFacts => ({
  ...node,
  platform,
  executable,
  script: undefined,
  electron: true,
});

test("Node with its script; the app with --cli, and on Linux without a screen", () => {
  expect(serviceCommand(node, "/var/lib/efs")).toEqual({
    program: "/opt/efs/bin/node",
    args: ["/opt/efs/out/cli/efs.js", "serve", "--data", "/var/lib/efs"],
    electron: false,
  });
  expect(serviceCommand(app("linux", "/opt/EFS/efs"), "/var/lib/efs")).toEqual({
    program: "/opt/EFS/efs",
    args: [
      "--ozone-platform=headless",
      "--disable-gpu",
      "--no-sandbox",
      "--cli",
      "serve",
      "--data",
      "/var/lib/efs",
    ],
    electron: true,
  });
  expect(serviceCommand(app("win32", "C:\\Program Files\\EFS\\EFS.exe"), "D:\\x")).toEqual({
    program: "C:\\Program Files\\EFS\\EFS.exe",
    args: ["--cli", "serve", "--data", "D:\\x"],
    electron: true,
  });
});

test("a program in a person's folder, or in one that is emptied or unmounted, is refused, with the place to go to", () => {
  const refused = (facts: ProgramFacts): string => {
    const result = serviceCommand(facts, "/var/lib/efs");
    return "code" in result ? `${result.code} ${result.cure}` : "taken";
  };
  const cure = (place: string): string =>
    `service-program-personal Install the program ${place} and repeat this from there.`;
  expect(refused({ ...node, executable: "/home/anna/node" })).toBe(cure("below /opt"));
  expect(refused({ ...node, script: "/root/efs/out/cli/efs.js" })).toBe(cure("below /opt"));
  expect(refused({ ...node, script: "/tmp/efs.js" })).toBe(cure("below /opt"));
  expect(refused(app("darwin", "/Users/anna/EFS.app/EFS"))).toBe(cure("in /Applications"));
  expect(refused(app("win32", "c:\\users\\Anna\\AppData\\Local\\Programs\\EFS\\EFS.exe"))).toBe(
    cure("for all users (Program Files)"),
  );
  expect(refused({ ...app("linux", "/tmp/.mount_x/efs"), appImage: "/srv/EFS.AppImage" })).toBe(
    "service-program-personal Install the .deb package, or the program with Node below /opt, and repeat this from there.",
  );
});
