/**
 * The composition root of a data folder that has no settings yet: it holds the lock, tries out what a person enters, and
 * saves it. Then the gateway takes its place.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { createEvents } from "./gateway/events.ts";
import { heloName } from "./gateway/helo-name.ts";
import { resolveMessage, usualAccount } from "./gateway/resolve-message.ts";
import { createTrials } from "./gateway/trials.ts";
import { readAddressLists } from "./lists/address-lists.ts";
import { openDailyFile } from "./log/daily-file.ts";
import { createProgramLog } from "./log/program-log.ts";
import type { OpenSetUp } from "./model/gateway-host.ts";
import { accountNamed } from "./settings/account-named.ts";
import { createSettingsStore } from "./settings/settings-store.ts";
import { openDataDirectory } from "./spool/data-directory.ts";
import { createTap } from "./transcript/tap.ts";
import { nodeFileSystem, withRetries } from "./util/file-system.ts";

const LOG_DAYS = 30;

export const openSetUp: OpenSetUp = async (options) => {
  const { dataDirectory, secrets, clock } = options;
  const hostName = options.hostName ?? hostname();
  const directory = await openDataDirectory(dataDirectory, withRetries(nodeFileSystem, clock));
  try {
    const store = createSettingsStore(dataDirectory, secrets);
    const settingsPresent = (await store.load({ readOnly: true })) !== null;
    const lists = await readAddressLists(dataDirectory);
    const events = createEvents();
    const file = openDailyFile({ path: join(dataDirectory, "log", "efs.log"), keep: () => LOG_DAYS, clock });
    const { fault } = createProgramLog({
      file,
      clock,
      onLine: (line) => events.emit({ kind: "log", line }),
    });
    const trials = createTrials({
      clock,
      secrets,
      tap: createTap(clock, (entry) => events.emit({ kind: "transcript", entry })),
      settings: () => null,
      lists: () => lists,
      helo: (settings) => heloName(settings, hostName),
      // Nothing else is at the mailbox.
      alone: (work) => work(new AbortController().signal),
      onFault: fault,
    });
    let closing: Promise<void> | null = null;
    return {
      settingsPresent,
      trials,
      resolve: ({ header, size = header.length, account: id, settings }) =>
        resolveMessage({
          header,
          size,
          settings,
          account: id === undefined ? usualAccount(settings) : accountNamed(settings, id),
          lists,
          installationId: null,
        }),
      subscribe: (listener) => events.subscribe(listener),
      async save(settings) {
        await store.save(settings);
      },
      close() {
        closing ??= (async () => {
          await trials.stop();
          await file.close();
          directory.release();
        })();
        return closing;
      },
    };
  } catch (error) {
    directory.release();
    throw error;
  }
};
