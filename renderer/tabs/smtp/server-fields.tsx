/** One mail server: name, security, login, test. The first and the second one have the same fields. */
import { useTranslation } from "react-i18next";
import { settingsSchema } from "../../../core/model/settings.ts";
import { PasswordField, TextField } from "../../components/fields.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { useAction } from "../../state/calls.ts";
import { ConnectionTestPanel } from "../servers/connection-test.tsx";
import { HostField } from "../servers/host-field.tsx";
import { partErrors } from "../servers/part-errors.ts";
import { SMTP_PORTS } from "../servers/ports.ts";
import { SecurityFields } from "../servers/security-fields.tsx";

export function ServerFields({
  at,
  which,
}: {
  readonly at: "smtp" | "smtp.fallback";
  readonly which: "smtp" | "fallback";
}) {
  const { t } = useTranslation();
  const { form, unsaved } = useSettingsForm();
  const trial = useAction("test-server");
  const noLogin = (form.getInputProps(`${at}.username`).value ?? "") === "";
  const hasPassword = form.getInputProps(`${at}.password`).value !== null;
  return (
    <>
      <HostField name={`${at}.host`} text="server.smtp.host" />
      <SecurityFields at={at} text="server.smtp" usual={SMTP_PORTS} />
      <TextField name={`${at}.username`} text="server.smtp.username" nullable />
      <PasswordField
        name={`${at}.password`}
        text="server.smtp.password"
        nullable
        disabled={noLogin && !hasPassword}
      />
      <ConnectionTestPanel
        at={at}
        trial={trial}
        hint={t("server.test.serverHint")}
        wrong={() => serverErrors(form.getValues().smtp, at)}
        start={() => trial.mutate({ settings: JSON.stringify(unsaved()), server: which })}
      />
    </>
  );
}

/** The second server may be half filled in while the first one is tested, but both are one part of the settings. */
function serverErrors(smtp: unknown, at: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(partErrors(settingsSchema.shape.smtp, smtp, "smtp")).filter(([path]) =>
      path.startsWith(`${at}.`),
    ),
  );
}
