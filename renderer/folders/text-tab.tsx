/** The message's text: plain where it has it, HTML on request and harmless. */
import { Anchor, SegmentedControl, Stack, Text } from "@mantine/core";
import { ImageOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HistoryMessage } from "../../core/model/history.ts";
import { ContentGate } from "./content-gate.tsx";
import type { MessageContent } from "./read-content.ts";

const HtmlFrame = lazy(async () => ({ default: (await import("./html-frame.tsx")).HtmlFrame }));

/** Longer texts are shown on request. */
const SHOWN_CHARACTERS = 200_000;

export function TextTab({ message }: { readonly message: HistoryMessage }) {
  return <ContentGate message={message}>{(content) => <Body content={content} />}</ContentGate>;
}

function Body({ content }: { readonly content: MessageContent }) {
  const { t } = useTranslation();
  const { text, html } = content;
  const [as, setAs] = useState<"plain" | "html">(text === null ? "html" : "plain");
  const [whole, setWhole] = useState(false);
  if (text === null && html === null) return <Text size="sm">{t("messages.text.none")}</Text>;
  const cut = text !== null && !whole && text.length > SHOWN_CHARACTERS;
  return (
    <Stack gap="sm" flex={1}>
      {text !== null && html !== null && (
        <SegmentedControl
          size="xs"
          aria-label={t("messages.text.as")}
          value={as}
          onChange={(value) => setAs(value === "html" ? "html" : "plain")}
          data={[
            { value: "plain", label: t("messages.text.plain") },
            { value: "html", label: t("messages.text.html") },
          ]}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      {as === "plain" && text !== null && (
        <>
          <pre className="efs-mail-plain">{cut ? text.slice(0, SHOWN_CHARACTERS) : text}</pre>
          {cut && (
            <Anchor component="button" type="button" size="sm" onClick={() => setWhole(true)}>
              {t("messages.text.whole")}
            </Anchor>
          )}
        </>
      )}
      {as === "html" && html !== null && (
        <Suspense fallback={null}>
          <HtmlFrame html={html} attachments={content.attachments} />
        </Suspense>
      )}
    </Stack>
  );
}

/** What was not loaded from elsewhere. */
export function LeftOut({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <Text size="xs" c="dimmed" style={{ display: "flex", gap: 6, alignItems: "center" }}>
      <ImageOff size={14} aria-hidden />
      {t("messages.text.leftOut", { count })}
    </Text>
  );
}
