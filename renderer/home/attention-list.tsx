/** What needs a person: why, and the button that puts it right. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { CircleAlert, Clock, Hand, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { GatewayStatus } from "../../core/model/gateway.ts";
import type { GuardSubject } from "../../core/model/guard.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { When } from "../components/when.tsx";
import { useAction } from "../state/calls.ts";
import { formatNumber, formatTime } from "../state/format.ts";
import { type AttentionItem, attentionItems } from "./attention.ts";

export function AttentionList({ status }: { readonly status: GatewayStatus }) {
  const { t } = useTranslation();
  const items = attentionItems(status);
  if (items.length === 0) return null;
  return (
    <Stack component="section" aria-label={t("home.attention.title")} gap="xs">
      {items.map((item) => (
        <Item key={item.id} item={item} urgent={status.state === "attention"} />
      ))}
    </Stack>
  );
}

/** Not urgent: it may pass by itself. */
function Item({ item, urgent }: { readonly item: AttentionItem; readonly urgent: boolean }) {
  const { t } = useTranslation();
  switch (item.kind) {
    case "unreported":
      return (
        <Notice icon={<CircleAlert size={18} aria-hidden />} title={t("home.attention.unreported")}>
          <Button size="xs" variant="default" component={Link} href="/errors">
            {t("home.attention.lookAtErrors")}
          </Button>
        </Notice>
      );
    case "problem":
      return (
        <ProblemAlert problem={item.problem} severity={urgent ? "error" : "warning"}>
          <Group gap="xs">
            <Button size="xs" component={Link} href={item.page}>
              {t("home.attention.openSetting")}
            </Button>
            <Button size="xs" variant="default" component={Link} href="/diagnose">
              {t("pages.diagnose")}
            </Button>
          </Group>
        </ProblemAlert>
      );
    case "held":
      return <Held subject={item.subject} since={item.since} />;
    case "clock":
      return <ClockDoubt />;
    case "unseen-junk":
      return (
        <Notice
          icon={<Trash2 size={18} aria-hidden />}
          title={t("home.attention.junk", { count: item.count, number: formatNumber(item.count) })}
        >
          <Button size="xs" variant="default" component={Link} href="/junk">
            {t("home.attention.lookAtJunk")}
          </Button>
        </Notice>
      );
  }
}

/** What the guard holds, why, and "Send anyway" with what that means. */
function Held({ subject, since }: { readonly subject: GuardSubject; readonly since: number }) {
  const { t } = useTranslation();
  const sendAnyway = useAction("send-anyway", ["status", "folder"]);
  const name =
    subject.kind === "domain" ? subject.domain : subject.kind === "account" ? subject.accountId : "";
  const ask = (): void => {
    modals.openConfirmModal({
      title: t("home.attention.sendAnyway"),
      children: <Text size="sm">{t(`home.attention.sendAnywayOf.${subject.kind}`, { name })}</Text>,
      labels: { confirm: t("home.attention.sendAnyway"), cancel: t("form.stay") },
      onConfirm: () => sendAnyway.mutate(subject),
    });
  };
  return (
    <Notice icon={<Hand size={18} aria-hidden />} title={t(`home.attention.held.${subject.kind}`, { name })}>
      <Text size="sm">{t(`home.attention.heldCure.${subject.kind}`, { name })}</Text>
      <Text size="sm" c="dimmed">
        {t("home.attention.heldSince")} <When at={since} />
      </Text>
      <Group gap="xs">
        <Button size="xs" component={Link} href="/diagnose">
          {t("pages.diagnose")}
        </Button>
        <Button size="xs" variant="default" onClick={ask} loading={sendAnyway.isPending}>
          {t("home.attention.sendAnyway")}
        </Button>
      </Group>
    </Notice>
  );
}

function ClockDoubt() {
  const { t } = useTranslation();
  const confirm = useAction("confirm-clock", ["status"]);
  return (
    <Notice icon={<Clock size={18} aria-hidden />} title={t("home.attention.clock")}>
      <Text size="sm">{t("home.attention.clockCure", { time: formatTime(Date.now()) })}</Text>
      <Group>
        <Button size="xs" variant="default" onClick={() => confirm.mutate({})} loading={confirm.isPending}>
          {t("home.attention.clockRight")}
        </Button>
      </Group>
    </Notice>
  );
}

function Notice({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <Alert color="yellow" variant="light" icon={icon} title={title}>
      <Stack gap="xs" align="flex-start">
        {children}
      </Stack>
    </Alert>
  );
}
