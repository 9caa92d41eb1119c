/**
 * The `Secrets` port over the system's keychain (Electron's safeStorage).
 *
 * 1. Where there is no keychain (a Linux desktop without a secret service: what safeStorage has then is a fixed
 *    password), the key file in the data folder is used, as the command line does, and somebody is told.
 * 2. What the command line has sealed is opened here too; new secrets are the keychain's.
 * 3. Whatever cannot be opened (other user, other computer, damaged) gives null: the account waits for its password.
 */
import type { SafeStorage } from "electron";
import type { SealedSecret, Secrets } from "../core/model/ports.ts";

const SCHEME = "keychain-1";

export type Keychain = Pick<
  SafeStorage,
  "isEncryptionAvailable" | "getSelectedStorageBackend" | "encryptString" | "decryptString"
>;

/** Only when the app is ready. */
export function hasKeychain(keychain: Keychain, platform: NodeJS.Platform): boolean {
  if (!keychain.isEncryptionAvailable()) return false;
  return platform !== "linux" || !["basic_text", "unknown"].includes(keychain.getSelectedStorageBackend());
}

/** `openKeyFile`: opened when it is needed only; a damaged one does not matter to those who never used it. */
export function createKeychainSecrets(keychain: Keychain, openKeyFile: () => Secrets): Secrets {
  let keyFile: Secrets | null = null;
  return {
    scheme: SCHEME,
    seal: (plain) => ({ scheme: SCHEME, value: keychain.encryptString(plain).toString("base64") }),
    open(sealed) {
      if (sealed.scheme === SCHEME) return decrypted(keychain, sealed);
      keyFile ??= openKeyFile();
      return keyFile.open(sealed);
    },
  };
}

function decrypted(keychain: Keychain, { value }: SealedSecret): string | null {
  try {
    return keychain.decryptString(Buffer.from(value, "base64"));
  } catch {
    return null;
  }
}
