/** A message's way as a timeline: where it came from, why these recipients, each attempt, what became of it. */
import { Anchor, Text, Timeline } from "@mantine/core";
import {
  ArrowDownToLine,
  CircleAlert,
  CircleCheck,
  Clock,
  FileText,
  type LucideIcon,
  MailWarning,
  Send,
  UserRound,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { HistoryMessage } from "../../core/model/history.ts";
import { When } from "../components/when.tsx";
import { useCall } from "../state/calls.ts";
import { formatRelative, formatSize } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { useStatus } from "../state/status.ts";
import { AttemptBody, attemptTitle } from "./attempt-body.tsx";
import { PathLine } from "./open-folder.tsx";
import { RecipientTrail } from "./recipient-trail.tsx";
import { type WayStep, wayOf } from "./way.ts";

export function WayTab({ message }: { readonly message: HistoryMessage }) {
  const steps = wayOf(message);
  return (
    <Timeline bulletSize={24} lineWidth={2} color="gray">
      {steps.map((step, index) => {
        const Icon = iconOf(step, message);
        return (
          <Timeline.Item
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
            key={index}
            bullet={<Icon size={13} color={colourOf(step, message)} aria-hidden />}
            title={<StepTitle step={step} message={message} />}
            styles={{ itemTitle: { fontSize: 14, fontWeight: 600 } }}
          >
            <StepBody step={step} message={message} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function iconOf(step: WayStep, { outcome }: HistoryMessage): LucideIcon {
  switch (step.kind) {
    case "collected":
      return ArrowDownToLine;
    case "recipients":
      return Users;
    case "attempts":
      return Send;
    case "action":
      return UserRound;
    case "reports":
      return MailWarning;
    case "outcome":
      return outcome === "pending" ? Clock : outcome === "delivered" ? CircleCheck : CircleAlert;
  }
}

/** The word beside it says the same. */
function colourOf(step: WayStep, { outcome }: HistoryMessage): string {
  const results = step.kind === "attempts" ? step.answers.map(({ result }) => result) : [];
  if (results.includes("refused") || (step.kind === "outcome" && outcome === "errors"))
    return "var(--efs-bad)";
  if (results.includes("deferred") || results.includes("unknown")) return "var(--efs-warn)";
  if (results.includes("delivered") || (step.kind === "outcome" && outcome === "delivered")) {
    return "var(--efs-good)";
  }
  return "var(--mantine-color-text)";
}

function StepTitle({
  step,
  message,
}: {
  readonly step: WayStep;
  readonly message: HistoryMessage;
}): ReactNode {
  const { t } = useTranslation();
  switch (step.kind) {
    case "collected":
      return t(`messages.way.began.${message.kind}`);
    case "recipients":
      return t("messages.way.recipients");
    case "attempts":
      return attemptTitle(step, t);
    case "action":
      return t(`messages.acted.${step.record.kind}`);
    case "reports":
      return t("messages.way.reported", { count: step.messages.length });
    case "outcome":
      return t(`messages.outcome.${message.outcome}`);
  }
}

function StepBody({
  step,
  message,
}: {
  readonly step: WayStep;
  readonly message: HistoryMessage;
}): ReactNode {
  switch (step.kind) {
    case "collected":
      return <Collected message={message} />;
    case "recipients":
      return <RecipientTrail trail={message.trail} />;
    case "attempts":
      return <AttemptBody step={step} />;
    case "action":
      return <Acted record={step.record} />;
    case "reports":
      return step.messages.map((id) => <MessageLink key={id} id={id} />);
    case "outcome":
      return <Outcome message={message} />;
  }
}

function Collected({ message }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const account = useStatus()?.accounts.find(({ id }) => id === message.accountId);
  const name = account === undefined || account.name === "" ? message.accountId : account.name;
  return (
    <Text size="sm" component="div">
      <When at={message.receivedAt} /> · {formatSize(message.size)}
      {message.kind === "mail" && (
        <div>
          {message.accountId === "_hand"
            ? t("messages.way.byHand")
            : t("messages.way.fromAccount", { account: name, server: message.source.server })}
        </div>
      )}
      {message.reportOf !== null && (
        <div>
          {t("messages.way.reportAbout")} <MessageLink id={message.reportOf} />
        </div>
      )}
    </Text>
  );
}

function Acted({ record }: { readonly record: Extract<WayStep, { kind: "action" }>["record"] }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" component="div">
      <When at={record.at} /> · {t("messages.way.by", { actor: record.actor })}
      {record.detail !== "" && <div>{record.detail}</div>}
      {record.made !== null && (
        <div>
          {t("messages.way.made")} <MessageLink id={record.made} />
        </div>
      )}
    </Text>
  );
}

function Outcome({ message }: { readonly message: HistoryMessage }) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const { outcomeDetail, junkReason, closedAt, file, reportState, recipients } = message;
  const next = recipients.flatMap(({ state }) => (state.kind === "deferred" ? [state.nextAt] : []));
  const soonest = next.length === 0 ? null : Math.min(...next);
  const reasons = new Set(recipients.flatMap(({ state }) => (state.kind === "held" ? [state.reason] : [])));
  return (
    <Text size="sm" component="div">
      {closedAt !== null && <When at={closedAt} />}
      {soonest !== null && (
        <div>
          {soonest <= now
            ? t("messages.way.dueNow")
            : t("messages.nextTry", { when: formatRelative(soonest, now) })}
        </div>
      )}
      {[...reasons].map((reason) => (
        <div key={reason}>{t(`messages.holdReason.${reason}`)}</div>
      ))}
      {junkReason !== null && <div>{t(`messages.junkReason.${junkReason}`)}</div>}
      {outcomeDetail !== null && <div>{outcomeDetail}</div>}
      {reportState !== null && <div>{t(`messages.reportState.${reportState}`)}</div>}
      {file === null ? (
        <div>{t("messages.way.noFile")}</div>
      ) : (
        <>
          <div>{t("messages.way.fileIn", { folder: t(`folders.names.${file.folder}`) })}</div>
          <PathLine path={file.path} />
        </>
      )}
    </Text>
  );
}

/** To another message, of which only the number is known. */
function MessageLink({ id }: { readonly id: number }) {
  const { t } = useTranslation();
  const { data } = useCall("history-message", { id }, { staleTime: 30_000 });
  if (data === undefined || data === null) return null;
  const place = data.folder === null ? "history" : data.folder.toLowerCase();
  return (
    <Anchor
      component={Link}
      href={`/${place}/${data.queueId}`}
      size="sm"
      style={{ display: "inline-flex", gap: 4 }}
    >
      <FileText size={14} aria-hidden style={{ alignSelf: "center" }} />
      {data.summary.subject === "" ? t("messages.noSubject") : data.summary.subject}
    </Anchor>
  );
}
