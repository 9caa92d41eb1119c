import { expect, it } from "vitest";
import { type OrphanParts, takeUpOrphans } from "../../core/gateway/take-up-orphans.ts";
import { ProblemError } from "../../core/model/problem.ts";

it("looks at all of them, whatever is wrong with one, and tells a fault at the end", async () => {
  const bug = new Error("bug");
  const busy = new ProblemError({ code: "file-changing", what: "It is still being written.", cure: "Wait." });
  const logs: string[] = [];
  const accepted: string[] = [];
  const parts = {
    spool: {
      orphans: ["a", "bug", "busy", "b"].map((file) => ({ file, accountId: "main" })),
      readOrphan: async ({ file }: { readonly file: string }) => {
        if (file === "busy") throw busy;
        return file;
      },
      bodies: { accept: async ({ body }: { readonly body: string }) => ({ kind: "known", id: body.length }) },
    },
    judge: () => (body: unknown) => {
      if (body === "bug") throw bug;
      return { body };
    },
    records: { accepted: (_: unknown, { body }: { readonly body: string }) => accepted.push(body) },
    log: ({ text }: { readonly text: string }) => logs.push(text),
    signal: new AbortController().signal,
  } as unknown as OrphanParts;
  await expect(takeUpOrphans(parts)).rejects.toBe(bug);
  expect([accepted, logs]).toEqual([["a", "b"], ["It is still being written. Wait."]]);
});
