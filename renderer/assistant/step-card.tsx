/** One question a screen: what it is, why it is asked, the fields, and the way on. Enter is Next. */
import { Box, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { ArrowLeft, ArrowRight, CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { useTitle } from "../state/use-title.ts";
import { focusField, focusStep } from "./focus.ts";
import type { Assistant } from "./use-assistant.ts";

export function StepCard({
  assistant,
  passed,
  nextLabel,
  children,
}: {
  readonly assistant: Assistant;
  /** What the step before has shown. */
  readonly passed?: string | null;
  readonly nextLabel?: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const { draft, step, busy, next, back, problem } = assistant;
  const card = useRef<HTMLDivElement>(null);
  const title = t(`assistant.${step}.title`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another step is shown
  useEffect(() => {
    const passwordOnly = step === "mailbox" && assistant.resumed && draft.accounts[0].host !== "";
    if (passwordOnly) focusField("accounts.0.password");
    else focusStep(card.current);
  }, [step]);
  useTitle(title);
  return (
    <Paper withBorder shadow="xs" p="lg" bg="var(--efs-surface)" ref={card}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void next();
        }}
      >
        <Stack gap="md">
          {typeof passed === "string" && <Passed>{passed}</Passed>}
          <Box>
            <Title order={1}>{title}</Title>
            <Text size="sm" c="dimmed" mt={4}>
              {t(`assistant.${step}.lead`)}
            </Text>
          </Box>
          <Stack gap="md" data-fields>
            {children}
          </Stack>
          {problem !== null && <ProblemAlert problem={problem} />}
          <Group justify="space-between">
            {step === "mailbox" ? (
              <span />
            ) : (
              <Button
                variant="default"
                leftSection={<ArrowLeft size={16} aria-hidden />}
                onClick={back}
                disabled={busy === "saving"}
              >
                {t("assistant.back")}
              </Button>
            )}
            <Button type="submit" rightSection={<ArrowRight size={16} aria-hidden />} loading={busy !== null}>
              {nextLabel ?? t("assistant.next")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

/** A green line. */
export function Passed({ children }: { readonly children: string }) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" role="status">
      <CircleCheck size={18} color="var(--efs-good)" aria-hidden style={{ flex: "none", marginTop: 1 }} />
      <Text size="sm" c="var(--efs-good)" fw={500}>
        {children}
      </Text>
    </Group>
  );
}
