/** A message's HTML, harmless, in a frame that may do nothing at all. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { frameDocument } from "./mail-html.ts";
import { type AttachmentPart, inlinePictures } from "./read-content.ts";
import { sanitiseHtml } from "./sanitise-html.ts";
import { LeftOut } from "./text-tab.tsx";

export function HtmlFrame({
  html,
  attachments,
}: {
  readonly html: string;
  readonly attachments: readonly AttachmentPart[];
}) {
  const { t } = useTranslation();
  const { shown, leftOut } = useMemo(() => {
    const { body, styles, leftOut } = sanitiseHtml(html, inlinePictures(attachments));
    return { shown: frameDocument(body, styles, pageNonce()), leftOut };
  }, [html, attachments]);
  return (
    <>
      <LeftOut count={leftOut} />
      <iframe className="efs-mail-frame" sandbox="" srcDoc={shown} title={t("messages.text.frame")} />
    </>
  );
}

function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[name='style-nonce']")?.content ?? "";
}
