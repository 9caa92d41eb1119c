import { expect, test } from "vitest";
import { exportSettings } from "../../core/settings/export-settings.ts";
import { importSettings } from "../../core/settings/import-settings.ts";
import { hashWebPassword, isWebPassword } from "../../core/settings/web-password.ts";
import { fakeSecrets } from "../support/fake-secrets.ts";
import { sampleSettings, settingsInput } from "../support/sample-settings.ts";

test("only the password itself fits its hash, however its letters are written", async () => {
  const hash = hashWebPassword("p\u00e4ssword");
  expect(hash).toEqual({
    scheme: "scrypt",
    value: expect.stringMatching(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/),
  });
  expect(hashWebPassword("p\u00e4ssword").value).not.toBe(hash.value);
  expect(await isWebPassword("p\u00e4ssword", hash)).toBe(true);
  expect(await isWebPassword("pa\u0308ssword", hash)).toBe(true);
  for (const wrong of ["", "password", "p\u00e4ssword ", "P\u00e4ssword", hash.value]) {
    expect(await isWebPassword(wrong, hash)).toBe(false);
  }
});

test("a hash that is damaged, or would take all memory, fits nothing", async () => {
  const { value } = hashWebPassword("correct horse");
  for (const damaged of [
    "",
    value.slice(0, -1),
    value.replace("$32768$", "$32767$"),
    value.replace("$32768$", "$16384$"),
    value.replace("$32768$8$", "$33554432$8$"),
    value.replace("scrypt", "bcrypt"),
  ]) {
    expect(await isWebPassword("correct horse", { scheme: "scrypt", value: damaged })).toBe(false);
  }
  expect(await isWebPassword("correct horse", { scheme: "stored", value })).toBe(false);
});

test("in clear in an import it is hashed, a hash is taken as it is, a mark keeps what is stored", () => {
  const secrets = fakeSecrets();
  const take = (password: unknown, stored = sampleSettings()) =>
    importSettings(JSON.stringify(settingsInput({ web: { password } })), secrets, stored);
  const first = take("correct horse");
  if (first.kind !== "settings") throw new Error("not taken");
  const { password } = first.settings.web;
  expect(password).toMatchObject({ scheme: "scrypt" });
  expect(take(password)).toMatchObject({ settings: { web: { password } } });

  const exported = exportSettings(first.settings, null).settings.web.password;
  expect(exported).toEqual({ scheme: "stored", value: "" });
  expect(exportSettings(first.settings, secrets).settings.web.password).toEqual(password);
  expect(take(exported, first.settings)).toMatchObject({ settings: { web: { password } } });
  expect(take(null, first.settings)).toMatchObject({ settings: { web: { password: null } } });

  const path = "web.password";
  expect(take(exported)).toMatchObject({ kind: "invalid", problems: [{ path }] });
  expect(take({ scheme: "scrypt", value: "scrypt$1" })).toMatchObject({
    kind: "invalid",
    problems: [{ path }],
  });
  // Sealed by us is not hashed: it could be turned back.
  expect(take(secrets.seal("correct horse"))).toMatchObject({ kind: "invalid", problems: [{ path }] });
  expect(take("short")).toMatchObject({ kind: "invalid", problems: [{ path }] });
});

test("an address that others can reach is refused in the settings already, at the fields that it lacks", () => {
  const take = (web: unknown) => importSettings(JSON.stringify(settingsInput({ web })), fakeSecrets(), null);
  const paths = (web: unknown): readonly string[] => {
    const result = take(web);
    return result.kind === "invalid" ? result.problems.map(({ path }) => path) : [];
  };
  expect(paths({ host: "0.0.0.0" })).toEqual(["web.password", "web.certificate", "web.key"]);
  expect(paths({ host: "192.168.1.5", password: "correct horse", certificate: "/c" })).toEqual(["web.key"]);
  expect(paths({ key: "/k" })).toEqual(["web.certificate"]);
  expect(paths({ host: "0.0.0.0", password: "correct horse", certificate: "/c", key: "/k" })).toEqual([]);
  expect(paths({ host: "::1" })).toEqual([]);
});
