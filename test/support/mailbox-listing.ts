/** A listing as the server would give it: the lines of its answers, read by the reader. */
import { type ListedMessage, MailboxListing } from "../../core/collect/mailbox-listing.ts";
import {
  type Column,
  type Listing,
  ListingReader,
  SizeColumn,
  UidColumn,
} from "../../core/collect/pop3-listing.ts";

type Entries<Value> = Iterable<readonly [ListedMessage["number"], Value]>;

function read<Value, Values extends Column<Value>>(
  values: Values,
  entries: Entries<Value>,
): Listing<Value, Values> {
  const reader = new ListingReader<Value, Values>(values);
  for (const [number, value] of entries) reader.write(Buffer.from(`${number} ${value}\r\n`, "latin1"));
  return reader.finish();
}

/** By UIDL and LIST; null: refused. */
export function listMailbox(uids: Entries<string> | null, sizes: Entries<number> | null): MailboxListing {
  return new MailboxListing(
    uids === null ? null : read(new UidColumn(), uids).entries,
    sizes === null ? null : read(new SizeColumn(), sizes).entries,
  );
}
