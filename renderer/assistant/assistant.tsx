/** The first run: five steps, one question a screen; then the first check and what it found. */
import { Alert, Box, Button, Group, SegmentedControl, Stack, Stepper, Text } from "@mantine/core";
import i18next from "i18next";
import { History } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SettingsFormProvider, type SettingsFormState } from "../components/settings-form.tsx";
import { ConnectionBanner } from "../frame/connection-banner.tsx";
import { chooseLanguage, LANGUAGES, type Language } from "../texts/texts.ts";
import { DomainStep } from "./domain-step.tsx";
import { isCatchAll, STEPS, type Step, settingsOf } from "./draft.ts";
import { FirstCheck, useLeave } from "./first-check.tsx";
import { HeaderStep } from "./header-step.tsx";
import { MailboxStep } from "./mailbox-step.tsx";
import { PostmasterStep } from "./postmaster-step.tsx";
import { ServerStep } from "./server-step.tsx";
import { type Assistant as AssistantState, useAssistant } from "./use-assistant.ts";

const SCREENS: Readonly<Record<Step, (props: { readonly assistant: AssistantState }) => React.ReactNode>> = {
  mailbox: MailboxStep,
  domain: DomainStep,
  header: HeaderStep,
  server: ServerStep,
  postmaster: PostmasterStep,
};

export function Assistant() {
  const { t } = useTranslation();
  const assistant = useAssistant();
  const { form, draft, step, saved } = assistant;
  const Screen = SCREENS[step];
  const fields: SettingsFormState = {
    form,
    unsaved: () => settingsOf(draft) as ReturnType<SettingsFormState["unsaved"]>,
  };
  return (
    <Box h="100vh" style={{ overflow: "auto" }}>
      <ConnectionBanner />
      <Masthead />
      <Stack component="main" gap="lg" maw={672} mx="auto" px="md" pb="xl">
        <Progress assistant={assistant} />
        {saved === "here" && <FirstCheck />}
        {saved === "elsewhere" && <SavedElsewhere />}
        {saved === null && (
          <SettingsFormProvider value={fields}>
            {assistant.resumed && <WelcomeBack assistant={assistant} />}
            <Screen key={step} assistant={assistant} />
            <Text size="xs" c="dimmed" ta="center">
              {t("assistant.canLeave")}
            </Text>
          </SettingsFormProvider>
        )}
      </Stack>
    </Box>
  );
}

function Masthead() {
  const { t } = useTranslation();
  return (
    <Group component="header" justify="space-between" px="lg" py="md">
      <Group gap="sm">
        <img src="/icon.svg" alt="" width={28} height={28} />
        <Text fw={600}>EFS Mail Gateway</Text>
        <Text c="dimmed">{t("assistant.name")}</Text>
      </Group>
      <SegmentedControl
        size="xs"
        transitionDuration={0}
        aria-label={t("assistant.language")}
        value={i18next.resolvedLanguage ?? "en"}
        onChange={(language) => chooseLanguage(language as Language)}
        data={LANGUAGES.map((language) => ({
          value: language,
          label: new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language,
        }))}
      />
    </Group>
  );
}

function Progress({ assistant: { step, draft, goTo, saved, busy } }: { readonly assistant: AssistantState }) {
  const { t } = useTranslation();
  const active = saved === null ? STEPS.indexOf(step) : STEPS.length;
  return (
    <Stepper
      component="nav"
      aria-label={t("assistant.steps")}
      active={active}
      size="xs"
      iconSize={26}
      wrap={false}
      allowNextStepsSelect={false}
      onStepClick={(index) => {
        const chosen = STEPS[index];
        if (chosen !== undefined && saved === null && busy !== "saving") goTo(chosen);
      }}
    >
      {STEPS.map((each, index) => {
        const skipped = each === "header" && !isCatchAll(draft);
        return (
          <Stepper.Step
            key={each}
            label={t(`assistant.${each}.name`)}
            allowStepSelect={index < active && saved === null && !skipped}
            {...(index === active ? { "aria-current": "step" } : {})}
          />
        );
      })}
    </Stepper>
  );
}

function WelcomeBack({ assistant }: { readonly assistant: AssistantState }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(true);
  if (!shown || assistant.step !== "mailbox") return null;
  return (
    <Alert
      color="calm"
      icon={<History size={18} aria-hidden />}
      title={t("assistant.resumed.title")}
      withCloseButton
      closeButtonLabel={t("assistant.resumed.close")}
      onClose={() => setShown(false)}
    >
      <Group gap="sm" justify="space-between">
        <Text size="sm">{t("assistant.resumed.text")}</Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            setShown(false);
            assistant.startAgain();
          }}
        >
          {t("assistant.resumed.again")}
        </Button>
      </Group>
    </Alert>
  );
}

function SavedElsewhere() {
  const { t } = useTranslation();
  const leave = useLeave();
  return (
    <Alert color="calm" title={t("assistant.elsewhere.title")}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t("assistant.elsewhere.text")}</Text>
        <Button size="xs" onClick={() => leave("/")}>
          {t("assistant.done.pages")}
        </Button>
      </Stack>
    </Alert>
  );
}
