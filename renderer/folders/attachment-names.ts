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
  const kind = /\.([^.]+)$/.exec(name.toLowerCase().replace(/[\s.]+$/, ""))?.[1] ?? "";
  if (DANGEROUS.has(kind)) return "dangerous";
  return ARCHIVES.has(kind) ? "archive" : "none";
}

const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** For a download: no folders, nothing invisible or turned around, not a name that Windows keeps for itself. */
export function fileNameOf(name: string | null, otherwise: string): string {
  const base = (name ?? "").split(/[\\/]/).at(-1) ?? "";
  const clean = base
    .normalize("NFC")
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^[\s.]+|[\s.]+$/g, "");
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
  const found = /^\s*(.*?)\s*<([^<>]*)>\s*$/s.exec(from);
  if (found === null) {
    // The old way: `anna@a.example (Anna)`.
    const comment = /^\s*(\S+@\S+)\s*\(([^()]+)\)\s*$/.exec(from);
    return { name: (comment?.[2] ?? from).trim(), address: comment?.[1] ?? "" };
  }
  const address = (found[2] ?? "").trim();
  const name = (found[1] ?? "")
    .replace(/^"(.*)"$/s, "$1")
    .replace(/\\(.)/g, "$1")
    .trim();
  return name === "" || name === address ? { name: address, address: "" } : { name, address };
}
