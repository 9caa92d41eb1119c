/**
 * What of a message's HTML may stay. Pure: rules only; `sanitise-html` carries them out.
 *
 * 1. Nothing is loaded from elsewhere: addresses in `src`, `href`, `background` and style sheets go, except pictures
 *    inside the message (`data:`, and `cid:` made into `data:`).
 * 2. Nothing can be sent or clicked: no forms, no links that lead anywhere; where a link led is shown as its tooltip.
 * 3. This is the second fence. The first is the frame: no scripts, an origin of its own, a policy that loads nothing.
 */
export const FORBIDDEN_TAGS = [
  "style",
  "form",
  "input",
  "button",
  "select",
  "option",
  "textarea",
  "meta",
  "link",
  "base",
  "iframe",
  "frame",
  "frameset",
  "object",
  "embed",
  "applet",
  "audio",
  "video",
  "source",
  "track",
  "picture",
  "svg",
  "math",
  "template",
  "dialog",
  "slot",
];

export const FORBIDDEN_ATTRIBUTES = [
  "srcset",
  "sizes",
  "action",
  "formaction",
  "ping",
  "poster",
  "target",
  "download",
  "nonce",
  "autofocus",
  "tabindex",
  "accesskey",
  "contenteditable",
  "popover",
];

/** Attributes that hold an address. */
export const ADDRESS_ATTRIBUTES: readonly string[] = [
  "src",
  "href",
  "xlink:href",
  "background",
  "cite",
  "longdesc",
  "usemap",
  "data",
  "lowsrc",
  "dynsrc",
];

/** Pictures that are drawn without anything else being loaded. */
const PICTURE = /^data:image\/(?:png|gif|jpe?g|webp|bmp|avif|x-icon);base64,[a-z0-9+/=\s]*$/i;

/** By Content-ID without its brackets, as `data:` addresses. */
export type InlinePictures = ReadonlyMap<string, string>;

/** What takes the place of a picture's address; null: nothing, it is not shown. */
export function pictureAddress(address: string, pictures: InlinePictures): string | null {
  const trimmed = address.trim();
  if (PICTURE.test(trimmed)) return trimmed;
  if (!/^cid:/i.test(trimmed)) return null;
  const id = trimmed.slice(4);
  return pictures.get(id) ?? pictures.get(decoded(id)) ?? null;
}

/** Somewhere else than in the message: what was left out is counted, and people are told. */
export function isRemote(address: string): boolean {
  return /^\s*(?:https?:|ftps?:|\/\/)/i.test(address);
}

/**
 * A style sheet, or the value of a `style` attribute, without anything that is loaded. Escapes and comments go first, as
 * they could hide what is looked for.
 */
export function harmlessStyle(style: string, pictures: InlinePictures = new Map()): string {
  return style
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " ")
    .replace(/\\(?:[0-9a-f]{1,6}\s?|[\s\S]|$)/gi, "")
    .replace(/@(?:import|charset|namespace|font-face|document)\b[^;{]*(?:\{[^}]*\}?|;|$)/gi, "")
    .replace(/url\(\s*(?:"([^"]*)"?|'([^']*)'?|([^)]*))\s*\)?/gi, (_, double, single, bare) => {
      const kept = pictureAddress(String(double ?? single ?? bare ?? ""), pictures);
      return kept === null ? "none" : `url("${kept.replace(/\s/g, "")}")`;
    })
    .replace(/(?:-\w+-)?(?:image-set|cross-fade|image|src|element|paint|expression)\s*\(/gi, "none(")
    .replace(/(?:behavior|-moz-binding)\s*:/gi, "none:")
    .replace(/<\/?/g, "");
}

/**
 * Takes out, before anything reads the text as HTML, what would act on being read: style sheets (kept apart), and what
 * changes the addresses of others. Not a fence: what is left is examined whole.
 */
export function apartFromStyles(html: string): { readonly html: string; readonly styles: string } {
  const styles: string[] = [];
  const rest = html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    // A tag that never ends takes the rest: looked for anew behind each of thousands, that would take for ever.
    .replace(/<style\b[^>]*(?:>([\s\S]*?)(?:<\/style\s*>|$)|$)/gi, (_, style: string | undefined) => {
      if (style !== undefined) styles.push(style);
      return "";
    })
    .replace(/<(?:base|meta|link)\b[^>]*>?/gi, "");
  return { html: rest, styles: styles.join("\n") };
}

/** The whole of what the frame shows. `nonce`: the page's own policy holds for the frame too, and asks for it. */
export function frameDocument(body: string, styles: string, nonce: string): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  const base =
    "html{color-scheme:light}body{margin:12px;background:#fff;color:#1a1b1e;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}a{color:#12518d;text-decoration:underline}";
  return [
    "<!doctype html><html><head>",
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<style nonce="${nonce}">${base}</style>`,
    styles === "" ? "" : `<style nonce="${nonce}">${styles}</style>`,
    `</head><body>${body}</body></html>`,
  ].join("");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
