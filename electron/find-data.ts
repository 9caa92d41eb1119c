/**
 * Which data folder this app works on, and whether somebody has it already. The machine's (a service) comes before the
 * user's: who finds an owner becomes its viewer, and never takes over.
 */
import { connectOwner } from "../core/headless/api-client.ts";
import { type Endpoint, readEndpoint, readToken } from "../core/headless/endpoint-file.ts";
import { wireValue } from "../core/headless/wire-value.ts";

export type FoundData =
  /** Nobody has it. */
  | { readonly kind: "free"; readonly dataDirectory: string }
  | { readonly kind: "owner"; readonly dataDirectory: string }
  /** There is an owner, and its pages can only be had in a browser: we may not read its token, or it speaks TLS. */
  | { readonly kind: "browser"; readonly address: string };

/** `folders`: the last one is taken when nobody has any of them. Rejects with ProblemError of an owner that hangs. */
export async function findData(folders: readonly string[]): Promise<FoundData> {
  for (const dataDirectory of folders) {
    const owner = await connectOwner(dataDirectory);
    if (owner !== null) {
      const address = wireValue(await owner.signInAddress());
      return address.startsWith("https:") ? { kind: "browser", address } : { kind: "owner", dataDirectory };
    }
    const endpoint = await readEndpoint(dataDirectory);
    if (endpoint !== null && (await readToken(dataDirectory)) === null && (await answers(endpoint))) {
      return { kind: "browser", address: addressOf(endpoint) };
    }
  }
  const dataDirectory = folders.at(-1);
  if (dataDirectory === undefined) throw new Error("no data folder was given");
  return { kind: "free", dataDirectory };
}

const addressOf = ({ host, port }: Endpoint): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;

/** Whoever left the file behind may be gone. */
async function answers(endpoint: Endpoint): Promise<boolean> {
  try {
    await fetch(addressOf(endpoint), { redirect: "manual", signal: AbortSignal.timeout(3_000) });
    return true;
  } catch {
    return false;
  }
}
