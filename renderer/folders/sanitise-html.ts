/** Carries out the rules of `mail-html` on a message's HTML. Loaded only when a message is shown as HTML. */
import createPurifier from "dompurify";
import {
  ADDRESS_ATTRIBUTES,
  apartFromStyles,
  FORBIDDEN_ATTRIBUTES,
  FORBIDDEN_TAGS,
  harmlessStyle,
  type InlinePictures,
  isRemote,
  pictureAddress,
} from "./mail-html.ts";

export interface HarmlessHtml {
  readonly body: string;
  readonly styles: string;
  /** Pictures and other things from elsewhere that are not shown. */
  readonly leftOut: number;
}

export function sanitiseHtml(html: string, pictures: InlinePictures): HarmlessHtml {
  // An instance of its own: the hooks are this message's.
  const purifier = createPurifier(window);
  const apart = apartFromStyles(html);
  let leftOut = remoteAddressesIn(apart.styles);
  purifier.addHook("uponSanitizeAttribute", (node, data) => {
    const name = data.attrName.toLowerCase();
    if (name === "style") {
      leftOut += remoteAddressesIn(data.attrValue);
      data.attrValue = harmlessStyle(data.attrValue, pictures);
      return;
    }
    if (!ADDRESS_ATTRIBUTES.includes(name)) return;
    const picture =
      node.nodeName === "IMG" && name === "src" ? pictureAddress(data.attrValue, pictures) : null;
    if (picture !== null) {
      data.attrValue = picture;
      data.forceKeepAttr = true;
      return;
    }
    data.keepAttr = false;
    if (name === "href") node.setAttribute("title", data.attrValue);
    else if (isRemote(data.attrValue)) leftOut += 1;
  });
  const body = purifier.sanitize(apart.html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: [...FORBIDDEN_TAGS],
    FORBID_ATTR: [...FORBIDDEN_ATTRIBUTES],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^data:image\//i,
    WHOLE_DOCUMENT: false,
  });
  return { body, styles: harmlessStyle(apart.styles, pictures), leftOut };
}

function remoteAddressesIn(style: string): number {
  return style.match(/(?:url\(|@import)\s*["']?\s*(?:https?:|ftps?:|\/\/)/gi)?.length ?? 0;
}
