/** Names of what is saved from messages: harmless as file names, and whether the kind can do harm. Pure. */

/** What runs, installs, or carries programs, on one of the usual systems. */
const DANGEROUS = new Set(
  (
    "exe com bat cmd scr pif msi msix msp mst appx cpl dll ocx sys drv hta js jse mjs vb vbe vbs wsf wsh wsc sct ps1 ps1xml " +
    "ps2 psc1 psm1 reg inf lnk url website scf jar jnlp class app command dmg pkg sh bash desktop run deb rpm appimage apk " +
    "chm hlp iso img vhd vhdx one onepkg library-ms search-ms settingcontent-ms docm dotm xlsm xltm xlam xll pptm potm ppam " +
    "ppsm sldm slk iqy svg html htm xhtml mht mhtml shtml"
  ).split(" "),
);
const ARCHIVES = new Set("zip rar 7z gz tar tgz bz2 xz cab arj ace lzh z".split(" "));

export type AttachmentRisk = "dangerous" | "archive" | "none";

export function attachmentRisk(name: string): AttachmentRisk {
  // Windows drops blanks and dots at the end of a name, and so `a.exe.` is `a.exe`.
  const kind = /\.([^.]+)$/.exec(withoutEnds(name.toLowerCase()))?.[1] ?? "";
  if (DANGEROUS.has(kind)) return "dangerous";
  return ARCHIVES.has(kind) ? "archive" : "none";
}

/** Without blanks and dots at both ends. A pattern would try each blank of a thousand in the middle as the end. */
function withoutEnds(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && /[\s.]/.test(text.charAt(from))) from += 1;
  while (to > from && /[\s.]/.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** For a download: no folders, nothing invisible or turned around, not a name that Windows keeps for itself. */
export function fileNameOf(name: string | null, otherwise: string): string {
  const base = (name ?? "").split(/[\\/]/).at(-1) ?? "";
  const clean = withoutEnds(
    base
      .normalize("NFC")
      .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "")
      .replace(/[<>:"|?*]/g, "_"),
  );
  const whole = clean === "" ? otherwise : clean;
  const safe = RESERVED.test(whole) ? `_${whole}` : whole;
  if (safe.length <= 120) return safe;
  const ending = /\.[^.]{1,12}$/.exec(safe)?.[0] ?? "";
  return safe.slice(0, 120 - ending.length) + ending;
}

/** `Invoice May.eml`, from a subject. */
export function messageFileName(subject: string, queueId: string): string {
  const words = fileNameOf(subject.replace(/[\\/]/g, "_"), "").slice(0, 80).trim();
  return fileNameOf(words === "" ? `${queueId}.eml` : `${words}.eml`, `${queueId}.eml`);
}

/** `anna@a.example` of `Anna <anna@a.example>`, and the name apart; the address where there is no name. */
export function nameAndAddress(from: string): { readonly name: string; readonly address: string } {
  const text = from.trim();
  const bracketed = inEnd(text, "<", ">");
  if (bracketed === null) {
    // The old way: `anna@a.example (Anna)`.
    const comment = inEnd(text, "(", ")");
    const before = comment === null ? "" : text.slice(0, comment.from).trim();
    const isAddress = before.slice(1, -1).includes("@") && !/\s/.test(before);
    return isAddress && comment?.inner !== ""
      ? { name: (comment?.inner ?? "").trim(), address: before }
      : { name: text, address: "" };
  }
  const address = bracketed.inner.trim();
  const name = text
    .slice(0, bracketed.from)
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .replace(/\\(.)/g, "$1")
    .trim();
  return name === "" || name === address ? { name: address, address: "" } : { name, address };
}

/** What the last brackets hold, when the text ends with them. Strangers write it: no pattern that could go back and forth. */
function inEnd(
  text: string,
  open: string,
  close: string,
): { readonly from: number; readonly inner: string } | null {
  const from = text.lastIndexOf(open);
  const inner = text.slice(from + 1, -1);
  return from >= 0 && text.endsWith(close) && !inner.includes(close) ? { from, inner } : null;
}
