import { randomBytes } from "node:crypto";
import type { FastifyReply } from "fastify";
import { type PlainPage, renderPlainPage } from "./plain-pages.ts";
import { plainPagePolicy } from "./security-headers.ts";

export function newNonce(): string {
  return randomBytes(16).toString("base64url");
}

export function sendPlainPage(reply: FastifyReply, page: PlainPage): FastifyReply {
  const nonce = newNonce();
  return (
    reply
      .header("content-security-policy", plainPagePolicy(nonce))
      // With `no-referrer` a browser would hide the form's origin too.
      .header("referrer-policy", "same-origin")
      .type("text/html; charset=utf-8")
      .send(renderPlainPage(page, nonce))
  );
}
