import { describe, expect, it } from "vitest";
import { serverName, smtpServer } from "../../core/deliver/smtp-server.ts";
import type { SealedSecret } from "../../core/model/ports.ts";

const settings = {
  host: "mail.office.lan",
  port: 587,
  security: "starttls",
  acceptedCertificate: null,
  username: "gateway",
  password: null,
} as const;
const secrets = {
  open: ({ scheme, value }: SealedSecret) => (scheme === "known" ? `opened ${value}` : null),
};

describe("smtpServer", () => {
  it.each([
    ["none", null, null],
    ["in clear", "s3cret", "s3cret"],
    ["sealed", { scheme: "known", value: "x" }, "opened x"],
    ["sealed elsewhere", { scheme: "other", value: "x" }, null],
  ])("password %s", (_name, password, opened) => {
    expect(smtpServer({ ...settings, password }, "gateway.example", secrets)).toEqual({
      ...settings,
      password: opened,
      helo: "gateway.example",
    });
  });

  it("takes an empty user name for none", () => {
    expect(smtpServer({ ...settings, username: "" }, "gateway.example", secrets).username).toBe(null);
  });
});

describe("serverName", () => {
  it("is host and port, an IPv6 address in brackets", () => {
    expect(serverName(settings)).toBe("mail.office.lan:587");
    expect(serverName({ host: "2001:db8::1", port: 25 })).toBe("[2001:db8::1]:25");
  });
});
