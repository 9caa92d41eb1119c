/** The button "Test": a connection with the unsaved settings, its checklist, and a certificate that has to be judged. */
import { Alert, Button, Code, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { PlugZap, ShieldQuestionMark } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TlsFacts } from "../../../core/model/tls-facts.ts";
import type { ConnectionTest, MailboxFacts } from "../../../core/model/trials.ts";
import { Checklist } from "../../components/checklist.tsx";
import { useConfirmRisk } from "../../components/choice-fields.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useSettingsForm } from "../../components/settings-form.tsx";
import { problemOf } from "../../state/calls.ts";
import { formatNumber, formatSize, formatTime } from "../../state/format.ts";
import { certificateTrust, shownFingerprint } from "./certificate.ts";
import { type ConnectionSettings, isSameConnection } from "./same-connection.ts";

interface Trial {
  readonly data: ConnectionTest | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
}

export function ConnectionTestPanel({
  at,
  trial,
  hint,
  wrong,
  start,
}: {
  /** Where the server is in the settings. */
  readonly at: string;
  readonly trial: Trial;
  readonly hint: string;
  /** What is wrong with the fields, by field; then nobody is asked. */
  readonly wrong: () => Readonly<Record<string, string>>;
  readonly start: () => void;
}) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const [tested, setTested] = useState<ConnectionSettings | null>(null);
  const now: ConnectionSettings = form.getInputProps(at).value;
  const outdated = tested !== null && !isSameConnection(tested, now);
  const answer = useRef<HTMLDivElement>(null);
  // Each answer is brought into view once; a page that is opened begins at its top.
  useEffect(() => {
    // It answers with a promise in newer browsers, which is no end of an effect.
    if (trial.data !== undefined || trial.error !== null) {
      void answer.current?.scrollIntoView({ block: "nearest" });
    }
  }, [trial.data, trial.error]);

  const test = (): void => {
    const errors = wrong();
    if (Object.keys(errors).length > 0) {
      form.setErrors({ ...form.errors, ...errors });
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
      return;
    }
    setTested(now);
    start();
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          variant="light"
          leftSection={<PlugZap size={16} aria-hidden />}
          onClick={test}
          loading={trial.isPending}
        >
          {t("server.test.button")}
        </Button>
        <Text size="xs" c="dimmed" style={{ flex: 1 }}>
          {outdated ? t("server.test.outdated") : hint}
        </Text>
      </Group>
      <div aria-live="polite" ref={answer} className="efs-above-save">
        {!outdated && trial.error && <ProblemAlert problem={problemOf(trial.error)} />}
        {!outdated && trial.data !== undefined && <Outcome at={at} found={trial.data} />}
      </div>
    </Stack>
  );
}

function Outcome({ at, found }: { readonly at: string; readonly found: ConnectionTest }) {
  const { form } = useSettingsForm();
  const { security, acceptedCertificate } = form.getInputProps(at).value;
  const trust = certificateTrust(found.tls, acceptedCertificate);
  // Opportunistic encryption verifies nothing, so there is nothing to accept either.
  const asks = trust === "untrusted" && security !== "opportunistic";
  return (
    <Paper withBorder p="md" bg="var(--efs-surface)">
      <Stack gap="md">
        {found.mailbox !== null && <Mailbox facts={found.mailbox} />}
        <Checklist checks={found.checks} />
        {asks && found.tls !== null && <UntrustedCertificate at={at} tls={found.tls} />}
      </Stack>
    </Paper>
  );
}

function Mailbox({ facts: { messages, size } }: { readonly facts: MailboxFacts }) {
  const { t } = useTranslation();
  return (
    <Text fw={600}>
      {t("server.test.mailbox", { count: messages, number: formatNumber(messages), size: formatSize(size) })}
    </Text>
  );
}

export function UntrustedCertificate({ at, tls }: { readonly at: string; readonly tls: TlsFacts }) {
  const { t } = useTranslation();
  const { form } = useSettingsForm();
  const confirmRisk = useConfirmRisk();
  const host = String(form.getInputProps(`${at}.host`).value);
  const { fingerprint } = tls;
  const facts: readonly (readonly [string, string])[] = [
    [t("server.certificate.subject"), tls.subject],
    [t("server.certificate.issuer"), tls.issuer],
    [
      t("server.certificate.until"),
      tls.validUntil === null ? t("server.certificate.noDate") : formatTime(tls.validUntil),
    ],
    [t("server.certificate.encryption"), `${tls.protocol}, ${tls.cipher}`],
  ];
  return (
    <Alert
      color="yellow"
      icon={<ShieldQuestionMark size={18} aria-hidden />}
      title={t("server.certificate.untrusted")}
    >
      <Stack gap="xs">
        <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} layout="fixed">
          <Table.Tbody>
            {facts.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={110} fw={500}>
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="sm" fw={500}>
          {t("server.certificate.fingerprint")}
        </Text>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {shownFingerprint(fingerprint ?? "")}
        </Code>
        <Text size="sm">{t("server.certificate.meaning")}</Text>
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              confirmRisk(
                "server.certificate.risk",
                () => form.setFieldValue(`${at}.acceptedCertificate`, fingerprint),
                { host },
              )
            }
          >
            {t("server.certificate.accept")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
