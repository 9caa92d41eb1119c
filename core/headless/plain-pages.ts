/** The small pages that need no files and no script. Pure. */
import type { Problem } from "../model/problem.ts";

export interface PlainPage {
  readonly title: string;
  /** Paragraphs, plain text; what stands between backticks is shown as something to type. */
  readonly text: readonly string[];
  /** With a form for the password. */
  readonly password?: boolean;
  /** Goes on to this address by itself. */
  readonly next?: string;
}

export function signInPage(hasPassword: boolean, told?: string): PlainPage {
  const address =
    "For an address that signs you in, type `efs open` on the computer where the gateway runs. The address can be used once, within ten minutes.";
  return {
    title: "Sign in",
    text: [
      ...(told === undefined ? [] : [told]),
      ...(hasPassword ? ["Give the password of these pages.", `Forgotten? ${address}`] : [address]),
    ],
    password: hasPassword,
  };
}

export const usedTokenText =
  "This address has been used already, or is older than ten minutes. Get a new one.";
export const wrongPasswordText = "That is not the password. Mind capital letters.";

export function tooOftenText(seconds: number): string {
  return `That was wrong too often. Wait ${seconds} seconds, then try again.`;
}

export const noPagesPage: PlainPage = {
  title: "The pages are not built yet",
  text: ["Type `npm run build` in the program's folder, then load this page again."],
};

export function problemPage({ what, cure }: Problem): PlainPage {
  return { title: "This cannot be shown", text: [what, cure] };
}

/** A link from elsewhere does not bring the cookie along; this page's own step does. */
export function goOnPage(next: string): PlainPage {
  return { title: "One moment", text: ["The page is opened."], next };
}

export function renderPlainPage(page: PlainPage, nonce: string): string {
  const { title, text, password = false, next } = page;
  const form = `<form method="post" action="/sign-in"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required autofocus maxlength="512"><button>Sign in</button></form>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${next === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${escapeHtml(next)}">\n`}<title>${escapeHtml(title)} - EFS Mail Gateway</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 15vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }
code { font-size: 1.05em; font-weight: 600; }
form { display: grid; gap: 0.5rem; max-width: 20rem; }
input, button { font: inherit; padding: 0.4rem 0.6rem; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${text.map((paragraph) => `<p>${withCode(paragraph)}</p>`).join("\n")}
${password ? form : ""}
</main>
</body>
</html>
`;
}

function withCode(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
