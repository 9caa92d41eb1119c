import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("what is sealed is opened, also by the next process; never twice the same", async () => {
  const folder = await temporaryFolder();
  const secrets = openKeyFileSecrets(folder);
  expect(existsSync(join(folder, "key"))).toBe(false);
  const sealed = secrets.seal("pässword");
  expect(sealed.scheme).toBe("key-file-1");
  expect(sealed.value).not.toContain("password");
  expect(secrets.seal("pässword").value).not.toBe(sealed.value);
  expect(openKeyFileSecrets(folder).open(sealed)).toBe("pässword");
  expect(readdirSync(folder)).toEqual(["key"]);
  expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
});

test("any text", async () => {
  const secrets = openKeyFileSecrets(await temporaryFolder());
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(secrets.open(secrets.seal(text))).toBe(text);
    }),
  );
});

test("what cannot be opened is null: other key, other scheme, any changed octet, cut, empty", async () => {
  const secrets = openKeyFileSecrets(await temporaryFolder());
  const sealed = secrets.seal("secret");
  expect(openKeyFileSecrets(await temporaryFolder()).open(sealed)).toBeNull();
  const other = openKeyFileSecrets(await temporaryFolder());
  other.seal("makes a key");
  expect(other.open(sealed)).toBeNull();
  expect(secrets.open({ ...sealed, scheme: "keychain-1" })).toBeNull();
  const octets = Buffer.from(sealed.value, "base64");
  for (let index = 0; index < octets.length; index += 1) {
    const changed = Buffer.from(octets);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(secrets.open({ ...sealed, value: changed.toString("base64") })).toBeNull();
    expect(secrets.open({ ...sealed, value: octets.subarray(0, index).toString("base64") })).toBeNull();
  }
});

test("two that make the key at once have the same one", async () => {
  const folder = await temporaryFolder();
  const [one, two] = [openKeyFileSecrets(folder), openKeyFileSecrets(folder)];
  const sealed = one.seal("secret");
  expect(two.open(two.seal("mine"))).toBe("mine");
  expect(two.open(sealed)).toBe("secret");
  expect(openKeyFileSecrets(folder).open(sealed)).toBe("secret");
});

test("a key that comes later is found", async () => {
  const folder = await temporaryFolder();
  const early = openKeyFileSecrets(folder);
  const sealed = openKeyFileSecrets(folder).seal("secret");
  expect(early.open(sealed)).toBe("secret");
});

test.each(["", "efs-key-1 short\n", "efs-key-2 AAAA\n", "\0".repeat(55)])(
  "a damaged key file (%j) is refused, and left as it is",
  async (content) => {
    const folder = await temporaryFolder();
    const path = join(folder, "key");
    writeFileSync(path, content);
    expect(() => openKeyFileSecrets(folder)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: "key-file-damaged" }) }),
    );
    expect(readFileSync(path, "latin1")).toBe(content);
  },
);

test("a key that others could read is closed to them", async () => {
  const folder = await temporaryFolder();
  openKeyFileSecrets(folder).seal("x");
  chmodSync(join(folder, "key"), 0o644);
  openKeyFileSecrets(folder);
  expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
});

test("a folder that is not there is a problem, not a crash", async () => {
  const secrets = openKeyFileSecrets(join(await temporaryFolder(), "missing"));
  expect(() => secrets.seal("x")).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: "key-file-unwritable" }) }),
  );
});
