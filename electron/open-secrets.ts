import { resolve } from "node:path";
import { safeStorage } from "electron";
import { machineDataPath } from "../core/headless/data-path.ts";
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
  // A keychain is one person's; the service of the machine could not open what is sealed with it.
  const { env: environment, platform } = process;
  const ofTheMachine = resolve(dataDirectory) === resolve(machineDataPath({ environment, platform }));
  if (ofTheMachine || !hasKeychain(safeStorage, platform))
    return { secrets: openKeyFile(), inKeychain: false };
  return { secrets: createKeychainSecrets(safeStorage, openKeyFile), inKeychain: true };
}
