/** What the checks ask the operating system. */
import { randomBytes } from "node:crypto";
import { lookup, Resolver } from "node:dns/promises";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../model/ports.ts";
import { nodeFileSystem } from "../util/file-system.ts";
import type { ComputerPorts, DiagnosisPorts } from "./ports.ts";

export function computerPorts(clock: Clock): ComputerPorts {
  return {
    clock,
    async freeBytes(folder) {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    async tryWriting(folder) {
      // Not a message's name: what looks into Inbox passes it by.
      const path = join(folder, `diagnose-${randomBytes(6).toString("hex")}.tmp`);
      const file = await nodeFileSystem.create(path);
      try {
        await file.write(Buffer.from("a trial of efs diagnose\n"));
        await file.sync();
      } finally {
        await file.close();
        await nodeFileSystem.unlink(path);
      }
    },
    timeZone: (at) => ({
      name: Intl.DateTimeFormat().resolvedOptions().timeZone,
      minutes: 0 - new Date(at).getTimezoneOffset(),
    }),
  };
}

export const namePorts: Pick<DiagnosisPorts, "lookUp" | "mailExchangers" | "unlikelyName"> = {
  async lookUp(host) {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  },
  async mailExchangers(domain) {
    const found = await new Resolver({ timeout: 3_000, tries: 2 }).resolveMx(domain);
    return found.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
  },
  unlikelyName: () => `efs-trial-${randomBytes(5).toString("hex")}`,
};
