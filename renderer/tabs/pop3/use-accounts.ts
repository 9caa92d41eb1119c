import type { AccountSettings } from "../../../core/model/settings.ts";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { useCall } from "../../state/calls.ts";

/** The accounts as the form has them, and as they are saved. */
export function useAccounts(): {
  readonly accounts: readonly AccountSettings[];
  readonly saved: readonly AccountSettings[];
  /** Of both: what a new account may not be called. */
  readonly ids: readonly string[];
} {
  const { form } = useSettingsForm();
  const accounts: readonly AccountSettings[] = form.getValues().accounts;
  const saved = useCall("settings", {}).data?.settings.accounts ?? [];
  return { accounts, saved, ids: [...accounts, ...saved].map(({ id }) => id) };
}
