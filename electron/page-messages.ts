/** What crosses between a page's preload script and the main process: two channels, one each way. */
import type { ConnectionState, GatewayMessage, ViewerMessage } from "../core/api/contract.ts";

/** From a page. */
export const FROM_PAGE = "efs:from-page";
/** To a page. */
export const TO_PAGE = "efs:to-page";

export type FromPage =
  /** A page has begun: whatever an earlier one in this window had is over. */
  | { readonly begin: true }
  /** It has taken a message of the gateway: the next may come. */
  | { readonly taken: true }
  | ViewerMessage;

export type ToPage =
  | GatewayMessage
  | { readonly connection: ConnectionState }
  /** Another page is to be shown. */
  | { readonly go: string };
