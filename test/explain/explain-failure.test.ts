import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { classifyLoss, classifyReply, tooLarge, unsendableAddress } from "../../core/deliver/classify.ts";
import type { Loss } from "../../core/deliver/loss.ts";
import { explainFailure, problemKinds } from "../../core/explain/explain-failure.ts";
import { wordings } from "../../core/explain/wordings.ts";
import type { Failure } from "../../core/model/failure.ts";
import { parseReply } from "../../core/model/reply.ts";

const server = "mail.office.example:25";

const lost = (cause: Loss["cause"], phase: Loss["phase"], answer: string | null = null): Failure =>
  classifyLoss(
    {
      cause,
      phase,
      code: null,
      reply: answer === null ? null : parseReply(Number(answer.slice(0, 3)), [answer]),
    },
    { server, mailSent: false, terminatorOut: false },
  );

function answered(phase: "mail" | "rcpt" | "data" | "final-reply", answer: string): Failure {
  const reply = parseReply(Number(answer.slice(0, 3)), [answer]);
  const failure = classifyReply(phase, reply, { server, accepted: 0, storageRefusals: 0 });
  if (failure === "another-transaction") throw new Error("not a failure");
  return failure;
}

describe("a failure without an answer", () => {
  it.each([
    ["unknown-host", "dns", "this-gateway"],
    ["refused", "connection", "office-server"],
    ["unreachable", "connection", "office-server"],
    ["timeout", "connection", "office-server"],
    ["closed", "connection", "office-server"],
    ["system", "connection", "office-server"],
    ["protocol", "syntax", "office-server"],
    ["no-tls", "tls", "office-server"],
    ["certificate", "tls", "office-server"],
    ["handshake", "tls", "this-gateway"],
    ["login", "authentication", "this-gateway"],
    ["password", "authentication", "this-gateway"],
    ["login-unprotected", "authentication", "this-gateway"],
    ["rejected", "reputation", "office-server"],
    ["body", "other", "this-gateway"],
    ["cancelled", "other", "nobody"],
  ] as const)("%s is %s, for %s", (cause, category, who) => {
    const failure = lost(cause, "connect");
    expect(explainFailure(failure)).toEqual({
      category,
      who,
      meaning: failure.problem?.what,
      cure: failure.problem?.cure,
      permanent: false,
    });
  });

  it("knows what is refused here already", () => {
    expect(explainFailure(tooLarge(10, 5, server))).toMatchObject({ category: "too-large", permanent: true });
    expect(explainFailure(unsendableAddress("rcpt", "a\r\nb"))).toMatchObject({
      category: "syntax",
      who: "sender",
    });
  });

  it("has a kind for every problem that delivery can name", () => {
    const source = readFileSync(new URL("../../core/deliver/problems.ts", import.meta.url), "utf8");
    const codes = [...source.matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(15);
    expect(codes.filter((code) => code === undefined || !(code in problemKinds))).toEqual([]);
  });
});

describe("a failure with an answer", () => {
  it("that says something is explained by it", () => {
    expect(explainFailure(answered("rcpt", "550 5.1.1 No such user"))).toEqual({
      ...wordings["unknown-user"],
      permanent: true,
    });
    expect(explainFailure(answered("rcpt", "450 4.2.0 Greylisted"))).toEqual({
      ...wordings.greylisted,
      permanent: false,
    });
  });

  it.each([
    ["mail", "sender-refused"],
    ["rcpt", "recipient-refused"],
    ["data", "policy-perhaps"],
    ["final-reply", "policy-perhaps"],
  ] as const)("that says nothing is explained by the command: %s", (phase, wording) => {
    for (const answer of ["550 zzz", "554 zzz", "550 Requested action not taken"]) {
      expect(explainFailure(answered(phase, answer))).toEqual({ ...wordings[wording], permanent: true });
    }
  });

  it("of the whole route keeps the words that name the server, and takes the answer's category", () => {
    const failure = lost("rejected", "greeting", "554 5.7.1 Client host blocked using zen.spamhaus.org");
    expect(explainFailure(failure)).toEqual({
      category: "reputation",
      who: "office-server",
      meaning: failure.problem?.what,
      cure: failure.problem?.cure,
      permanent: false,
    });
    expect(explainFailure(lost("login", "auth", "535 5.7.8 Bad credentials")).category).toBe(
      "authentication",
    );
  });

  it("that ended one connection is explained by it", () => {
    const failure = answered("rcpt", "421 4.7.0 Too many connections, slow down");
    expect(failure.scope).toBe("session");
    expect(explainFailure(failure)).toEqual({ ...wordings["too-much-mail"], permanent: false });
  });

  it("without words and without a problem is other", () => {
    const failure: Failure = {
      scope: "message",
      permanent: true,
      phase: "local",
      reply: null,
      problem: null,
    };
    expect(explainFailure(failure)).toEqual({ ...wordings.other, permanent: true });
  });
});
