import { expect, test } from "vitest";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import type { Secrets } from "../../core/model/ports.ts";
import { createKeychainSecrets, hasKeychain, type Keychain } from "../../electron/keychain-secrets.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Its "encryption" can be seen through; what matters here is who is asked. */
function fakeKeychain(
  backend: ReturnType<Keychain["getSelectedStorageBackend"]> = "kwallet6",
  there = true,
): Keychain {
  return {
    isEncryptionAvailable: () => there,
    getSelectedStorageBackend: () => backend,
    encryptString: (plain) => Buffer.from(`sealed:${plain}`),
    decryptString(encrypted) {
      const text = encrypted.toString();
      if (!text.startsWith("sealed:")) throw new Error("Error while decrypting the ciphertext");
      return text.slice(7);
    },
  };
}

const noKeyFile = (): Secrets => {
  throw new Error("the key file is not needed");
};

test.each([
  ["linux", "gnome_libsecret", true, true],
  ["linux", "basic_text", true, false],
  ["linux", "unknown", true, false],
  ["linux", "kwallet6", false, false],
  ["win32", "unknown", true, true],
  ["darwin", "unknown", true, true],
  ["darwin", "unknown", false, false],
] as const)("%s with %s, available: %s", (platform, backend, there, expected) => {
  expect(hasKeychain(fakeKeychain(backend, there), platform)).toBe(expected);
});

test("new secrets are the keychain's, without a key file", () => {
  const secrets = createKeychainSecrets(fakeKeychain(), noKeyFile);
  const sealed = secrets.seal("pässword");
  expect([secrets.scheme, sealed]).toEqual([
    "keychain-1",
    { scheme: "keychain-1", value: Buffer.from("sealed:pässword").toString("base64") },
  ]);
  expect(secrets.open(sealed)).toBe("pässword");
});

test("what cannot be opened is null", () => {
  const secrets = createKeychainSecrets(fakeKeychain(), noKeyFile);
  expect(secrets.open({ scheme: "keychain-1", value: "AAAA" })).toBeNull();
  expect(secrets.open({ scheme: "keychain-1", value: "" })).toBeNull();
});

test("what the command line has sealed is opened by the key file, other schemes by nobody", async () => {
  const folder = await temporaryFolder();
  const sealed = openKeyFileSecrets(folder).seal("secret");
  const secrets = createKeychainSecrets(fakeKeychain(), () => openKeyFileSecrets(folder));
  expect(secrets.open(sealed)).toBe("secret");
  expect(secrets.open({ ...sealed, scheme: "keychain-2" })).toBeNull();
});
