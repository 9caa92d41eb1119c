/** What runs in the second thread (`intake-thread.ts`): octets in, a file on the disk and who it is for out. */
import { parentPort, workerData } from "node:worker_threads";
import type { AddressListsInForce } from "../model/address-lists.ts";
import { ProblemError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { storeBody } from "../spool/body-file.ts";
import { nodeFileSystem, withRetries } from "../util/file-system.ts";
import { gather } from "../util/gather.ts";
import { systemClock } from "../util/system-clock.ts";
import type { Examined } from "./examine.ts";
import {
  LISTENING,
  type ThreadAnswer,
  type ThreadMessage,
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
const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
const answer = gather<ThreadAnswer>((answers) => say({ answers: JSON.stringify(answers) }));

parentPort?.on("message", (orders: readonly ThreadOrder[]) => {
  for (const order of orders) carryOut(order);
});
say(LISTENING);

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
        (error: unknown) => {
          if (error instanceof ProblemError) answer({ id, problem: error.problem });
          else say({ id, fault: error });
        },
      );
    }
  }
}

async function receive(octets: Uint8Array, examine: ExamineBody | undefined): Promise<Examined> {
  if (examine === undefined) throw new Error("a message of an account that was not named before");
  const { buffer, byteOffset, byteLength } = octets;
  const body = await storeBody(fileSystem, temporary, Buffer.from(buffer, byteOffset, byteLength));
  try {
    const { header: _, ...stored } = body;
    return { ...examine(body), body: stored };
  } catch (error) {
    await fileSystem.unlink(body.temporaryPath).catch(() => undefined);
    throw error;
  }
}
