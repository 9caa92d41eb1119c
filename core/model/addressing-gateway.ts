/** The part of the gateway that is about whom messages are for. */
import type { AddressListName, AddressListStatus } from "./address-lists.ts";
import type { HeaderAdoption, HeaderReport } from "./header-report.ts";
import type { ResolvedMessage } from "./resolved-message.ts";
import type { Settings } from "./settings.ts";

export interface HeadersOrder {
  readonly account: string;
  /** How many of the newest messages; default 50. */
  readonly count?: number;
  readonly signal?: AbortSignal;
}

export interface ResolveOrder {
  /** A message, or its header alone. */
  readonly header: Buffer;
  /** Octets of the whole message; left out: those of `header`. */
  readonly size?: number;
  /** Left out: the first account that is collected from. */
  readonly account?: string;
  /** Left out: those in force. */
  readonly settings?: Settings;
}

export interface ImportListOrder {
  readonly list: AddressListName;
  readonly content: Buffer;
  /** A users list that is less than half as long as the one in force is meant. */
  readonly shorter?: boolean;
}

/** All of them reject, or throw, ProblemError for expected trouble (`settings-account-unknown`, ...). */
export interface AddressingGateway {
  /** "Find the right header": nothing is deleted or marked. After a run that is under way. */
  headers(order: HeadersOrder): Promise<HeaderReport>;
  /** The one click: in force, and saved, when it resolves. */
  adoptHeaders(account: string, adopt: HeaderAdoption): Promise<void>;
  resolve(order: ResolveOrder): ResolvedMessage;
  lists(): readonly AddressListStatus[];
  /** In force when it resolves. */
  importList(order: ImportListOrder): Promise<{ readonly entries: number }>;
  /** What is in force, in the classic form; aliases with those of the settings. */
  exportList(list: AddressListName): string;
}
