/** What the gateway and its second thread (`intake-thread.ts`) say to each other: copies, several at a time. */
import type { AddressListsInForce } from "../model/address-lists.ts";
import type { Problem } from "../model/problem.ts";
import type { AccountSettings, Settings } from "../model/settings.ts";
import type { Examined } from "./examine.ts";

export interface ThreadSetUp {
  /** The folder for files that are no messages yet. */
  readonly temporary: string;
  readonly installationId: string;
}

/** Taken in their order. */
export type ThreadOrder =
  /** What messages are judged by from now on. */
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "lists"; readonly lists: AddressListsInForce }
  /** From now on known by this number. */
  | { readonly kind: "account"; readonly number: number; readonly account: AccountSettings }
  /** A whole message of that account. */
  | { readonly kind: "message"; readonly id: number; readonly account: number; readonly octets: Uint8Array };

/** The same id comes back; `fault`: an error of the program. */
export type ThreadAnswer = { readonly id: number } & (
  | { readonly examined: Examined }
  | { readonly problem: Problem }
  | { readonly fault: unknown }
);

/** The first message: it listens. */
export const LISTENING = "listening";
