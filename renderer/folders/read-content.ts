/** Takes a message apart for display. Loaded only when a message's text or attachments are looked at. */
import PostalMime from "postal-mime";
import { fileNameOf } from "./attachment-names.ts";

export interface MessageContent {
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly AttachmentPart[];
}

export interface AttachmentPart {
  readonly name: string;
  readonly type: string;
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Without brackets; null: the text does not show it. */
  readonly contentId: string | null;
  /** Shown in the text. */
  readonly inline: boolean;
}

export async function readContent(octets: Uint8Array<ArrayBuffer>): Promise<MessageContent> {
  const { text, html, attachments } = await PostalMime.parse(octets, { attachmentEncoding: "arraybuffer" });
  return {
    text: text === undefined || text.trim() === "" ? null : text,
    html: html === undefined || html.trim() === "" ? null : html,
    attachments: attachments.map((part, index) => ({
      name: fileNameOf(part.filename, `attachment-${index + 1}${ENDINGS[part.mimeType] ?? ""}`),
      type: part.mimeType,
      octets: octetsOf(part.content),
      contentId: part.contentId?.replace(/^<|>$/g, "") ?? null,
      inline: part.related === true,
    })),
  };
}

const ENDINGS: Readonly<Record<string, string>> = {
  "message/rfc822": ".eml",
  "text/plain": ".txt",
  "text/calendar": ".ics",
  "image/png": ".png",
  "image/jpeg": ".jpg",
  "image/gif": ".gif",
  "application/pdf": ".pdf",
};

function octetsOf(content: ArrayBuffer | Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof content === "string") return new TextEncoder().encode(content);
  return content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array(content);
}

const SHOWN_PICTURES = /^image\/(?:png|gif|jpe?g|webp|bmp|avif)$/;
/** What the text shows is put into it whole. */
const LARGEST_PICTURE = 8_388_608;

/** As `data:` addresses, by Content-ID. */
export function inlinePictures(attachments: readonly AttachmentPart[]): ReadonlyMap<string, string> {
  return new Map(
    attachments.flatMap(({ contentId, type, octets }) =>
      contentId !== null && SHOWN_PICTURES.test(type) && octets.length <= LARGEST_PICTURE
        ? [[contentId, `data:${type};base64,${base64(octets)}`] as const]
        : [],
    ),
  );
}

function base64(octets: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < octets.length; at += 0x8000) {
    parts.push(String.fromCharCode(...octets.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(""));
}
