import { useRef } from "react";
import { RadioField } from "../components/choice-fields.tsx";
import { ListField, TextField } from "../components/fields.tsx";
import { domainOf } from "./draft.ts";
import { useFacts } from "./facts.ts";
import { StepCard } from "./step-card.tsx";
import type { Assistant } from "./use-assistant.ts";

export function DomainStep({ assistant }: { readonly assistant: Assistant }) {
  const { mailbox } = useFacts(assistant);
  const {
    form,
    draft: {
      accounts: [{ addressing, username }],
    },
  } = assistant;
  // What was entered is still there for somebody who tries the other choice.
  const recipients = useRef<readonly string[]>(domainOf(username) === null ? [] : [username]);
  if (addressing.mode === "single") recipients.current = addressing.recipients;
  return (
    <StepCard assistant={assistant} passed={mailbox}>
      <TextField name="domains.primary" text="assistant.domain.primary" />
      <ListField name="domains.secondary" text="assistant.domain.secondary" />
      <RadioField
        name="accounts.0.addressing.mode"
        text="assistant.domain.mode"
        values={["catch-all", "single"]}
        onChoose={(mode) =>
          form.setFieldValue(
            "accounts.0.addressing",
            mode === "single" ? { mode, recipients: recipients.current } : { mode },
          )
        }
      />
      {addressing.mode === "single" && (
        <ListField name="accounts.0.addressing.recipients" text="assistant.domain.recipients" />
      )}
    </StepCard>
  );
}
