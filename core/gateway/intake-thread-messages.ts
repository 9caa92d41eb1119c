/**
 * What the gateway and its second thread (`intake-thread.ts`) say to each other, several at a time. Octets are not copied
 * (`util/shared-blocks`); what was found comes back as JSON, which is read in half the time that a copied object takes.
 */
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

/** The same id comes back. */
export type ThreadAnswer = { readonly id: number } & (
  | { readonly examined: Examined }
  | { readonly problem: Problem }
);

/** The first message: it listens. */
export const LISTENING = "listening";

export type ThreadMessage =
  | typeof LISTENING
  /** JSON of a list of `ThreadAnswer`. */
  | { readonly answers: string }
  /** An error of the program. */
  | { readonly id: number; readonly fault: unknown };
