import { expect, it } from "vitest";
import { createIntake } from "../../core/gateway/intake.ts";
import type { AcceptOrder, MessageSource, ReceivedBody } from "../../core/model/message.ts";
import type { BodyStore } from "../../core/model/ports.ts";

const source: MessageSource = { accountId: "main", uid: null, server: "pop", announcedSize: 2 };
const body = { temporaryPath: "/x.part", wholeHash: "abc" } as ReceivedBody;
const accepted = { kind: "queued", id: 1, queueId: "0123456789AB", recipients: 1 } as const;

/** What is asked of the spool, in order. */
function setUp(examine: (body: ReceivedBody, source: MessageSource) => AcceptOrder) {
  const done: string[] = [];
  const bodies: BodyStore = {
    receive: async () => ({
      write: () => undefined,
      complete: async () => body,
      abort: async () => undefined,
    }),
    accept: async ({ source: { uid } }) => {
      done.push(`accept ${uid}`);
      return accepted;
    },
    discard: async ({ temporaryPath }) => {
      done.push(`discard ${temporaryPath}`);
    },
  };
  const onAccepted = (): void => {
    done.push("announce");
  };
  return { done, intake: createIntake({ bodies, examine, onAccepted }) };
}

it("names a message without an id by its hash, and announces it when it is on the disk", async () => {
  const { done, intake } = setUp((_, from) => ({ source: from }) as AcceptOrder);
  const incoming = await intake.open({ ...source, identify: (hash) => `sha256:${hash}#1` });
  expect(await incoming.complete()).toEqual(accepted);
  expect(done).toEqual(["accept sha256:abc#1", "announce"]);
});

it("leaves no file behind of a message that cannot be judged", async () => {
  const bug = new Error("bug");
  const { done, intake } = setUp(() => {
    throw bug;
  });
  await expect((await intake.open(source)).complete()).rejects.toBe(bug);
  expect(done).toEqual(["discard /x.part"]);
});
