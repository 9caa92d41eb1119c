import { Alert } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RadioField, RiskySwitchField } from "../components/choice-fields.tsx";
import { TextField } from "../components/fields.tsx";
import { isOurAddress } from "../tabs/servers/our-domains.ts";
import { useFacts } from "./facts.ts";
import { StepCard } from "./step-card.tsx";
import { TrialOutcome } from "./trial-outcome.tsx";
import type { Assistant } from "./use-assistant.ts";

export function PostmasterStep({ assistant }: { readonly assistant: Assistant }) {
  const { t } = useTranslation();
  const {
    draft: { postmaster, domains },
    asksFirstUse,
  } = assistant;
  const { server } = useFacts(assistant);
  const { address } = postmaster;
  return (
    <StepCard assistant={assistant} passed={server} nextLabel={t("assistant.save")}>
      <TextField name="postmaster.address" text="assistant.postmaster.address" />
      {!isOurAddress(address, domains) && (
        <Alert color="yellow" icon={<TriangleAlert size={18} aria-hidden />}>
          {t("server.smtp.addressOutside", { address })}
        </Alert>
      )}
      <TrialOutcome assistant={assistant} step="postmaster" />
      {asksFirstUse && (
        <RadioField name="accounts.0.firstUse" text="assistant.postmaster.firstUse" values={["all", "new"]} />
      )}
      <RiskySwitchField
        name="accounts.0.leaveOnServer"
        text="assistant.postmaster.leaveOnServer"
        risky={false}
      />
    </StepCard>
  );
}
