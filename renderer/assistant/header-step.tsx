/** Which header names the recipients: looked for in the newest messages, taken over with Next. Nothing stops here. */
import { Accordion, Button, Checkbox, Group, Loader, Stack, Text } from "@mantine/core";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HeaderReport } from "../../core/model/header-report.ts";
import { type Settings, settingsSchema } from "../../core/model/settings.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { adoptedChanges } from "../tabs/addressing/adoption.ts";
import { FoundAdvice, FoundFigures } from "../tabs/addressing/found-headers.tsx";
import { type Draft, settingsOf, withoutLearnt } from "./draft.ts";
import { StepCard } from "./step-card.tsx";
import type { Assistant } from "./use-assistant.ts";

export function HeaderStep({ assistant }: { readonly assistant: Assistant }) {
  const { found } = assistant.finder;
  return (
    <StepCard assistant={assistant}>
      <div aria-live="polite">
        {found === null ? (
          <Looking />
        ) : "problem" in found ? (
          <ProblemAlert severity="warning" problem={found.problem}>
            <NoMatter assistant={assistant} />
          </ProblemAlert>
        ) : (
          <Found assistant={assistant} report={found.report} />
        )}
      </div>
    </StepCard>
  );
}

function Looking() {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Loader size="xs" aria-hidden />
      <Text size="sm">{t("assistant.header.looking")}</Text>
    </Group>
  );
}

function NoMatter({ assistant: { finder } }: { readonly assistant: Assistant }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t("assistant.header.noMatter")}</Text>
      <Button
        size="xs"
        variant="default"
        leftSection={<RotateCw size={14} aria-hidden />}
        onClick={() => void finder.look()}
      >
        {t("assistant.header.again")}
      </Button>
    </Stack>
  );
}

function Found({ assistant, report }: { readonly assistant: Assistant; readonly report: HeaderReport }) {
  const { t } = useTranslation();
  const { adopt, recommendation, problem } = report;
  return (
    <Stack gap="md">
      <FoundAdvice report={report} />
      {problem !== null && <ProblemAlert severity="warning" problem={problem} />}
      {recommendation.kind === "unclear" && <NoMatter assistant={assistant} />}
      {adopt !== null && <Adopting assistant={assistant} report={report} adopt={adopt} />}
      {report.rows.length > 0 && (
        <Accordion variant="contained" chevronPosition="left">
          <Accordion.Item value="figures">
            <Accordion.Control fz="sm">{t("assistant.header.figures")}</Accordion.Control>
            <Accordion.Panel>
              <FoundFigures report={report} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Stack>
  );
}

function Adopting({
  assistant: { finder, draft },
  report: { accountId },
  adopt,
}: {
  readonly assistant: Assistant;
  readonly report: HeaderReport;
  readonly adopt: NonNullable<HeaderReport["adopt"]>;
}) {
  const { t } = useTranslation();
  const changes = adoptedChanges(adopt, withDefaults(draft), accountId).filter(
    ({ before, after }) => before.join() !== after.join(),
  );
  if (changes.length === 0) return null;
  const words = changes.map(
    ({ setting, after }) =>
      `${t(`addressing.finder.adopt.${setting}`)}: ${after.join(", ") || t("addressing.finder.adopt.none")}`,
  );
  return (
    <Checkbox
      checked={finder.adopting}
      onChange={({ currentTarget }) => finder.setAdopting(currentTarget.checked)}
      label={t("assistant.header.adopt")}
      description={words.join(" · ")}
    />
  );
}

function withDefaults(draft: Draft): Pick<Settings, "accounts" | "headers"> {
  return {
    accounts: settingsOf(draft).accounts.map(withoutLearnt),
    headers: settingsSchema.shape.headers.parse({}),
  };
}
