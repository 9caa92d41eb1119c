/**
 * The settings, one schema for file, import, API and pages. Defaults are those of PRODUCT.md.
 *
 * 1. Unknown keys are refused (a misspelt setting must not be silently without effect).
 * 2. Every field has a default except what only the office knows: accounts, domain, server, postmaster.
 * 3. A password is either clear text (only on import) or a sealed secret; `settings.json` holds sealed ones.
 */
import * as z from "zod";
import { findAliasLoops } from "./alias-loops.ts";
import { missingForOutside } from "./web-outside.ts";

const minutes = z.int().min(1).max(300);
const port = z.int().min(1).max(65_535);
const days = z.int().min(0).max(3_650);
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,15}$/, "use 1 to 16 lower-case letters, digits or hyphens");

/** A server's name or IP address: never anything that could be an option, a URL or two words. */
const host = z
  .string()
  .max(253)
  .regex(/^(?!-)[A-Za-z0-9._:-]+$/, "give a server name or an IP address, without spaces or http://");

const DOMAIN =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** International names become their ASCII form (`xn--...`). */
function asciiDomain(domain: string): string {
  if (/^[\x00-\x7f]*$/.test(domain)) return domain.toLowerCase();
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return domain;
  }
}

export const domainSchema = z
  .string()
  .trim()
  .transform(asciiDomain)
  .refine((domain) => DOMAIN.test(domain), "is not a domain name, like example.com");

/** `example.com`, or `*.example.com` for every subdomain. */
export const domainPatternSchema = z
  .string()
  .trim()
  .transform((domain) =>
    domain.startsWith("*.") ? `*.${asciiDomain(domain.slice(2))}` : asciiDomain(domain),
  )
  .refine((domain) => DOMAIN.test(domain.replace(/^\*\./, "")), "is not a domain name, like example.com");

/** An address for an envelope: one `@`, a domain (in ASCII form), nothing that could end an SMTP command. */
export const addressSchema = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s<>\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+$/, "is not an address, like name@example.com")
  .refine((address) => DOMAIN.test(asciiDomain(address.slice(address.lastIndexOf("@") + 1))), {
    message: "has no proper domain after the @",
  })
  .transform((address) => {
    const domain = address.lastIndexOf("@") + 1;
    const ascii = asciiDomain(address.slice(domain));
    // As it was written where nothing had to be changed: addresses are compared without case anyway.
    return ascii === address.slice(domain).toLowerCase() ? address : address.slice(0, domain) + ascii;
  });

/** Steps of PRODUCT section 4 that are left out: `for` in Received, To, Cc, Bcc, Resent-*. */
const ignoredHeader = z.enum(["received-for", "to", "cc", "bcc", "resent"]);
const headerName = z.string().regex(/^[\x21-\x39\x3b-\x7e]{1,78}$/, "is not a header name");

export const sealedSecretSchema = z.strictObject({
  scheme: z.string().max(40),
  value: z.string().max(4_096),
});
const passwordSchema = z.union([
  z
    .string()
    .max(512)
    .refine((text) => !/[\r\n\0]/.test(text), "holds a line end"),
  sealedSecretSchema,
]);

/** SHA-256 of the certificate, hex, as shown by the connection test. */
const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(":", "").toLowerCase())
  .refine((text) => /^[0-9a-f]{64}$/.test(text), "is not a SHA-256 fingerprint");

const addressingSchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("catch-all") }),
  z.strictObject({ mode: z.literal("single"), recipients: z.array(addressSchema).min(1).max(100) }),
]);

export const accountSchema = z.strictObject({
  id,
  name: z
    .string()
    .max(100)
    .refine((text) => !/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text), "holds a control character")
    .default(""),
  host,
  port: port.default(110),
  security: z.enum(["none", "starttls", "tls"]).default("none"),
  username: z
    .string()
    .min(1)
    .max(255)
    .refine((text) => !/[\x00-\x1f\x7f]/.test(text), "holds a control character"),
  password: passwordSchema,
  enabled: z.boolean().default(true),
  timeoutSeconds: z.int().min(5).max(600).default(60),
  leaveOnServer: z.boolean().default(false),
  /** Only with leaveOnServer: deleted this many days after *our* collection; null: never. */
  deleteAfterDays: days.nullable().default(null),
  messagesBeforeSend: z.int().min(5).max(20).default(10),
  /** null: Control's maximum. */
  maxMessageBytes: z.int().min(1_024).nullable().default(null),
  oversize: z.enum(["leave", "headers"]).default("leave"),
  trustedReceivedLines: z.int().min(0).max(20).default(2),
  mailboxAddresses: z.array(addressSchema).max(100).default([]),
  /** In place of the general ones, for mailboxes at different providers; null: the general ones. */
  headers: z
    .strictObject({
      custom: z.array(headerName).max(50).nullable().default(null),
      ignore: z.array(ignoredHeader).nullable().default(null),
    })
    .prefault({}),
  acceptedCertificate: fingerprint.nullable().default(null),
  /** null: the schedule's. */
  intervalMinutes: minutes.nullable().default(null),
  /** null: not answered yet. */
  firstUse: z.enum(["all", "new"]).nullable().default(null),
  addressing: addressingSchema.default({ mode: "catch-all" }),
});

const smtpServer = {
  host,
  port: port.default(25),
  /** none; opportunistic STARTTLS (not verified); required STARTTLS; TLS from the first byte. */
  security: z.enum(["none", "opportunistic", "starttls", "tls"]).default("none"),
  acceptedCertificate: fingerprint.nullable().default(null),
  username: z
    .string()
    .max(255)
    .refine((text) => !/[\x00-\x1f\x7f]/.test(text), "holds a control character")
    .nullable()
    .default(null),
  password: passwordSchema.nullable().default(null),
};

const smtpSchema = z.strictObject({
  ...smtpServer,
  /** null: this computer's name. */
  helo: z
    .string()
    .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|\[[0-9A-Fa-f.:a-z]+\])$/, "is not a host name")
    .nullable()
    .default(null),
  connections: z.int().min(1).max(20).default(4),
  messagesPerConnection: z.int().min(1).max(10_000).default(100),
  forward: z.boolean().default(true),
  fallback: z.strictObject(smtpServer).nullable().default(null),
});

const dayWindow = z.union([
  z.literal("all"),
  z.literal("never"),
  z.strictObject({
    from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time of day, like 08:00"),
    to: z.string().regex(/^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/, "is not a time of day, like 18:00 or 24:00"),
  }),
]);

const stepTimeout = { timeoutSeconds: z.int().min(1).max(3_600).default(60) };
const programText = z.string().refine((text) => !text.includes("\0"), "holds a NUL character");
/** Started as it is, never through a shell. */
const program = {
  kind: z.literal("program"),
  path: programText.min(1).max(4_096),
  arguments: z.array(programText.max(8_192)).max(100).default([]),
};
const beforeCheck = {
  ...stepTimeout,
  /** Waited for behind it, whatever came of it. */
  waitSeconds: z.int().min(0).max(3_600).default(0),
  /** Nothing is collected when it failed. */
  onlyIfSuccessful: z.boolean().default(false),
};
const preCheckSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none"), ...beforeCheck }),
  z.strictObject({ ...program, ...beforeCheck }),
  /** `port` null: the system's ping. */
  z.strictObject({ kind: z.literal("reach"), host, port: port.nullable().default(null), ...beforeCheck }),
]);
const postCheckSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none"), ...stepTimeout }),
  z.strictObject({ ...program, ...stepTimeout }),
]);

const filePath = z
  .string()
  .min(1)
  .max(4_096)
  .refine((text) => !text.includes("\0"), "holds a NUL character");

/** Where browsers reach the pages. A loopback address is for this computer only, and needs nothing else. */
export const webSchema = z.strictObject({
  host: host.default("127.0.0.1"),
  port: port.default(7025),
  /** Names that browsers call this computer by, besides its addresses. */
  names: z.array(domainSchema).max(20).default([]),
  /** Its scrypt hash (scheme `scrypt`), never anything that could be turned back. */
  password: z
    .union([z.string().min(8).max(512), sealedSecretSchema])
    .nullable()
    .default(null),
  /** PEM files. */
  certificate: filePath.nullable().default(null),
  key: filePath.nullable().default(null),
});

export const settingsSchema = z
  .strictObject({
    version: z.literal(1).default(1),
    accounts: z.array(accountSchema).max(200).default([]),
    domains: z.strictObject({
      primary: domainSchema,
      secondary: z.array(domainPatternSchema).max(1_000).default([]),
      /** VdA: the domain that ours are replaced by on the way to the local server; null: none. */
      virtualAlias: domainSchema.nullable().default(null),
    }),
    headers: z
      .strictObject({
        custom: z.array(headerName).max(50).default([]),
        ignore: z.array(ignoredHeader).default([]),
        bccAll: addressSchema.nullable().default(null),
      })
      .prefault({}),
    /** from -> one or more addresses, or IGNORE / NOTHING. Keys are compared without case. */
    aliases: z
      .record(
        addressSchema,
        z.union([addressSchema, z.enum(["IGNORE", "NOTHING"]), z.array(addressSchema).min(1).max(1_000)]),
      )
      .default({}),
    users: z
      .strictObject({
        unknown: z.enum(["junk", "postmaster"]).default("junk"),
        stripTag: z.boolean().default(false),
      })
      .prefault({}),
    allowMalformed: z.boolean().default(false),
    antivirus: z
      .strictObject({
        realtime: z.boolean().default(false),
        delaySeconds: z.int().min(0).max(3_600).default(0),
        perMegabyteSeconds: z.int().min(0).max(600).default(0),
      })
      .prefault({}),
    smtp: smtpSchema,
    postmaster: z.strictObject({
      address: addressSchema,
      sendErrors: z.boolean().default(true),
      reportStyle: z.enum(["first-500-lines", "attach"]).default("first-500-lines"),
    }),
    noRecipient: z.enum(["postmaster", "junk"]).default("postmaster"),
    retry: z.strictObject({ expireDays: z.int().min(1).max(60).default(5) }).prefault({}),
    duplicates: z.strictObject({ days: z.int().min(0).max(365).default(7) }).prefault({}),
    retention: z
      .strictObject({
        reportedDays: days.default(30),
        junkDays: days.default(14),
        historyDays: days.default(365),
      })
      .prefault({}),
    schedule: z
      .strictObject({
        weekdayMinutes: minutes.default(10),
        weekendMinutes: minutes.default(30),
        /** Monday first. */
        days: z.array(dayWindow).length(7).default(["all", "all", "all", "all", "all", "all", "all"]),
      })
      .prefault({}),
    control: z
      .strictObject({
        maxMessageBytes: z
          .int()
          .min(1_024)
          .default(150 * 1_048_576),
        stripReadReceipts: z.boolean().default(false),
        blocked: z
          .strictObject({
            senders: z.array(z.string().max(320)).max(10_000).default([]),
            recipients: z.array(z.string().max(320)).max(10_000).default([]),
            subjects: z.array(z.string().max(320)).max(1_000).default([]),
            action: z.enum(["junk", "discard"]).default("junk"),
          })
          .prefault({}),
        traceHeader: z.boolean().default(true),
      })
      .prefault({}),
    backup: z.strictObject({ enabled: z.boolean().default(false), days: days.default(30) }).prefault({}),
    log: z
      .strictObject({
        days: z.int().min(1).max(365).default(30),
        /** What is written into efs.log: everything, or only what is not as it should be. */
        level: z.enum(["info", "warning"]).default("info"),
      })
      .prefault({}),
    alerts: z
      .strictObject({
        pop3Errors: z.boolean().default(true),
        pop3Timeouts: z.boolean().default(false),
        /** To the postmaster; off: only where the gateway is watched. */
        mail: z.boolean().default(true),
      })
      .prefault({}),
    preCheck: preCheckSchema.prefault({ kind: "none" }),
    postCheck: postCheckSchema.prefault({ kind: "none" }),
    web: webSchema.prefault({}),
  })
  .superRefine((settings, context) => {
    const seen = new Set<string>();
    settings.accounts.forEach((account, index) => {
      if (seen.has(account.id)) {
        context.addIssue({
          code: "custom",
          path: ["accounts", index, "id"],
          message: `"${account.id}" is used twice`,
        });
      }
      seen.add(account.id);
    });
    for (const way of findAliasLoops(settings.aliases)) {
      context.addIssue({
        code: "custom",
        path: ["aliases", way[0] ?? ""],
        message: `goes round in a circle: ${way.join(" -> ")}`,
      });
    }
    for (const missing of missingForOutside(settings.web)) {
      context.addIssue({
        code: "custom",
        path: ["web", missing],
        message: "is needed where other computers can reach the pages; with host 127.0.0.1 it is not",
      });
    }
    const smtp: readonly (readonly [readonly string[], { security: string; username: string | null }])[] = [
      [["smtp"], settings.smtp],
      ...(settings.smtp.fallback ? [[["smtp", "fallback"], settings.smtp.fallback] as const] : []),
    ];
    for (const [path, server] of smtp) {
      if (server.security === "opportunistic" && server.username !== null) {
        context.addIssue({
          code: "custom",
          path: [...path, "security"],
          message: "a login needs required STARTTLS or TLS, so that the password is never sent unprotected",
        });
      }
    }
  });

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type AccountSettings = Readonly<z.infer<typeof accountSchema>>;
export type SmtpSettings = Settings["smtp"];
export type WebSettings = Settings["web"];
export type SmtpServerSettings = NonNullable<SmtpSettings["fallback"]>;
