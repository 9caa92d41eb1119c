import { safeStorage } from "electron";
import { openKeyFileSecrets } from "../core/headless/key-file-secrets.ts";
import type { Secrets } from "../core/model/ports.ts";
import { createKeychainSecrets, hasKeychain } from "./keychain-secrets.ts";

export interface OpenedSecrets {
  readonly secrets: Secrets;
  /** False: the key file is used. */
  readonly inKeychain: boolean;
}

/** When the app is ready. Throws ProblemError where the key file is needed and damaged. */
export function openSecrets(dataDirectory: string): OpenedSecrets {
  const openKeyFile = () => openKeyFileSecrets(dataDirectory);
  if (!hasKeychain(safeStorage, process.platform)) return { secrets: openKeyFile(), inKeychain: false };
  return { secrets: createKeychainSecrets(safeStorage, openKeyFile), inKeychain: true };
}
