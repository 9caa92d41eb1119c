/** What is done before and after a check: a program, or reaching a host. */
import { useTranslation } from "react-i18next";
import { RadioField } from "../components/choice-fields.tsx";
import { LinesField, NumberField, SwitchField, TextField } from "../components/fields.tsx";
import { Page, Section } from "../components/page.tsx";
import { SettingsForm, useSettingsForm } from "../components/settings-form.tsx";
import { HostField } from "./servers/host-field.tsx";
import { postCheckOf, preCheckOf } from "./steps/step-kinds.ts";

export function StepsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("pages.steps")} lead={t("server.steps.lead")}>
      <SettingsForm sections={["preCheck", "postCheck"]}>
        <PreCheck />
        <PostCheck />
      </SettingsForm>
    </Page>
  );
}

function PreCheck() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const step = form.getValues().preCheck;
  return (
    <Section title={t("server.steps.pre")} help={t("server.steps.preHelp")}>
      <RadioField
        name="preCheck.kind"
        text="server.steps.preKind"
        values={["none", "program", "reach"]}
        onChoose={(kind) => form.setFieldValue("preCheck", preCheckOf(kind, step))}
      />
      {step.kind === "program" && <Program at="preCheck" />}
      {step.kind === "reach" && (
        <>
          <HostField name="preCheck.host" text="server.steps.host" />
          <NumberField name="preCheck.port" text="server.steps.port" nullable min={1} max={65_535} />
        </>
      )}
      {step.kind !== "none" && (
        <>
          <SwitchField name="preCheck.onlyIfSuccessful" text="server.steps.onlyIfSuccessful" />
          <Timeout at="preCheck" />
          <NumberField
            name="preCheck.waitSeconds"
            text="server.steps.waitSeconds"
            suffix={t("server.units.seconds")}
            min={0}
            max={3_600}
          />
        </>
      )}
    </Section>
  );
}

function PostCheck() {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const step = form.getValues().postCheck;
  return (
    <Section title={t("server.steps.post")} help={t("server.steps.postHelp")}>
      <RadioField
        name="postCheck.kind"
        text="server.steps.postKind"
        values={["none", "program"]}
        onChoose={(kind) => form.setFieldValue("postCheck", postCheckOf(kind, step))}
      />
      {step.kind === "program" && (
        <>
          <Program at="postCheck" />
          <Timeout at="postCheck" />
        </>
      )}
    </Section>
  );
}

function Program({ at }: { readonly at: string }) {
  return (
    <>
      <TextField name={`${at}.path`} text="server.steps.path" />
      <LinesField name={`${at}.arguments`} text="server.steps.arguments" rows={2} />
    </>
  );
}

function Timeout({ at }: { readonly at: string }) {
  const { t } = useTranslation();
  return (
    <NumberField
      name={`${at}.timeoutSeconds`}
      text="server.steps.timeoutSeconds"
      suffix={t("server.units.seconds")}
      min={1}
      max={3_600}
    />
  );
}
