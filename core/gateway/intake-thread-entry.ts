/** What runs in the second thread (`intake-thread.ts`): octets in, a file on the disk and who it is for out. */
import { parentPort, workerData } from "node:worker_threads";
import type { AddressListsInForce } from "../model/address-lists.ts";
import { ProblemError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { receiveBody } from "../spool/body-file.ts";
import { nodeFileSystem, withRetries } from "../util/file-system.ts";
import { gather } from "../util/gather.ts";
import { systemClock } from "../util/system-clock.ts";
import type { Examined } from "./examine.ts";
import {
  LISTENING,
  type ThreadAnswer,
  type ThreadOrder,
  type ThreadSetUp,
} from "./intake-thread-messages.ts";
import { createJudging, type ExamineBody } from "./judging.ts";

const { temporary, installationId } = workerData as ThreadSetUp;
const fileSystem = withRetries(nodeFileSystem, systemClock);
// Both are the first that comes.
let settings: Settings;
let lists: AddressListsInForce;
const judging = createJudging({ settings: () => settings, lists: () => lists, installationId });
const accounts = new Map<number, ExamineBody>();
const answer = gather<ThreadAnswer>((answers) => parentPort?.postMessage(answers));

parentPort?.on("message", (orders: readonly ThreadOrder[]) => {
  for (const order of orders) carryOut(order);
});
parentPort?.postMessage(LISTENING);

function carryOut(order: ThreadOrder): void {
  switch (order.kind) {
    case "settings":
      settings = order.settings;
      return;
    case "lists":
      lists = order.lists;
      return;
    case "account":
      accounts.set(order.number, judging.collecting(order.account));
      return;
    case "message": {
      const { id, account, octets } = order;
      receive(octets, accounts.get(account)).then(
        (examined) => answer({ id, examined }),
        (error: unknown) =>
          answer(error instanceof ProblemError ? { id, problem: error.problem } : { id, fault: error }),
      );
    }
  }
}

async function receive(octets: Uint8Array, examine: ExamineBody | undefined): Promise<Examined> {
  if (examine === undefined) throw new Error("a message of an account that was not named before");
  const receiving = receiveBody(fileSystem, temporary);
  await receiving.write(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
  const body = await receiving.complete();
  try {
    const { header: _, ...stored } = body;
    return { ...examine(body), body: stored };
  } catch (error) {
    await fileSystem.unlink(body.temporaryPath).catch(() => undefined);
    throw error;
  }
}
