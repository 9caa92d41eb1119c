/**
 * For the command line: `POST /api/call/<command>`, JSON in, JSON out, and `POST /api/sign-in-address`. Whoever asks
 * needs the token of `api-token`; browsers never have it.
 */
import type { FastifyInstance } from "fastify";
import type { Dispatch } from "../api/commands.ts";
import type { Access } from "./access.ts";
import { denied } from "./request-guard.ts";
import { sameText } from "./same-text.ts";
import { BODY_BYTES, tell } from "./web-app.ts";
import { tooOften } from "./web-problems.ts";

export interface CallRoutesOptions {
  readonly token: string;
  readonly access: Access;
  readonly dispatch: Dispatch;
  /** A fresh address that signs in. */
  readonly issueAddress: () => string;
}

export function addCallRoutes(app: FastifyInstance, options: CallRoutesOptions): void {
  const { token, access, dispatch, issueAddress } = options;
  app.register(async (calls) => {
    calls.addHook("onRequest", async (request, reply) => {
      if (sameText(request.headers.authorization ?? "", `Bearer ${token}`)) return undefined;
      const seconds = access.limit.wait(request.ip);
      if (seconds > 0) return tell(request, reply.header("retry-after", seconds), 429, tooOften(seconds));
      access.limit.wrong(request.ip);
      return tell(request, reply, 401, denied("The request had no valid token."));
    });
    calls.post<{ Params: { name: string } }>(
      "/api/call/:name",
      { bodyLimit: BODY_BYTES },
      async (request, reply) => {
        const result = await dispatch(request.params.name, request.body ?? {});
        if ("error" in result && result.error.code === "owner-stopping") reply.code(503);
        return result;
      },
    );
    calls.post("/api/sign-in-address", async () => ({ ok: { address: issueAddress() } }));
  });
}
