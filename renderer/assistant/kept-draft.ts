/** The assistant can be left: what is kept for coming back, as text. Never a password. Pure. */
import * as z from "zod";
import { type Draft, newDraft, STEPS, type Step } from "./draft.ts";

export interface Kept {
  readonly step: Step;
  readonly draft: Draft;
}

const port = z.union([z.int(), z.string().max(20)]);
const words = z.array(z.string().max(320)).max(1_000);
const certificate = z.string().max(100).nullable();
const text = z.string().max(1_000);

const keptSchema = z.object({
  version: z.literal(1),
  step: z.enum(STEPS),
  needsLogin: z.boolean(),
  account: z.object({
    host: text,
    port,
    security: z.enum(["none", "starttls", "tls"]),
    username: text,
    acceptedCertificate: certificate,
    leaveOnServer: z.boolean(),
    firstUse: z.enum(["all", "new"]).nullable(),
    trustedReceivedLines: z.int(),
    mailboxAddresses: words,
    headers: z.object({ custom: words.nullable(), ignore: z.null() }),
    addressing: z.union([
      z.object({ mode: z.literal("catch-all") }),
      z.object({ mode: z.literal("single"), recipients: words }),
    ]),
  }),
  domains: z.object({ primary: text, secondary: words, virtualAlias: z.null() }),
  smtp: z.object({
    host: text,
    port,
    security: z.enum(["none", "opportunistic", "starttls", "tls"]),
    username: text.nullable(),
    acceptedCertificate: certificate,
  }),
  postmaster: z.object({ address: text }),
});

/** Only what the schema names: a password is nowhere in it. */
export function keptText({ step, draft }: Kept): string {
  const { accounts, ...others } = draft;
  return JSON.stringify(
    keptSchema.safeParse({ version: 1, step, account: accounts[0], ...others }).data ?? null,
  );
}

/** null: nothing that can be used. */
export function readKept(stored: string | null): Kept | null {
  const parsed = keptSchema.safeParse(jsonOf(stored ?? ""));
  if (!parsed.success) return null;
  const { step, account, smtp, version: _, ...others } = parsed.data;
  const { accounts, smtp: server } = newDraft();
  return {
    step,
    // A port that is no number yet is judged at its field.
    draft: { ...others, accounts: [{ ...accounts[0], ...account }], smtp: { ...server, ...smtp } } as Draft,
  };
}

function jsonOf(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}
