/** Every size and time limit of the gateway. Sizes in octets, times in milliseconds. */
export const limits = {
  pop3: {
    /** One deadline over name look-up, connection, TLS and greeting is the account's time-out; no more than this. */
    connect: 60_000,
    /** RFC 1939 3: a response line is at most 512; servers write longer ones. */
    replyLine: 8_192,
    /** In ten of the account's time-outs a body has to bring this much, or its end. */
    paceOctets: 16_384,
    /** A whole CAPA answer. */
    capabilitiesBytes: 65_536,
    /** A whole UIDL or LIST answer: a million messages with ids of usual length. */
    listingBytes: 67_108_864,
    /** RETR requests in flight where the server announces PIPELINING. */
    pipelineWindow: 32,
    /** Messages on their way to the disk at once. The journal takes over together what is ready together. */
    intakeWindow: 64,
    /** What a message of unknown size is counted as. */
    usualSize: 65_536,
    /** Our own disk may take this long over one write, or over taking a message over; then it counts as hung. */
    storing: 300_000,
    /** Tries before a message that cannot be collected is parked. */
    tries: 5,
  },
  /** RFC 5321 4.5.3.2; `final` is the wait for the reply to the final dot. */
  smtp: {
    connect: 30_000,
    greeting: 300_000,
    mail: 300_000,
    recipient: 300_000,
    dataInitiation: 120_000,
    dataBlock: 180_000,
    final: 600_000,
    recipientsPerTransaction: 100,
    /** A reply may have this many octets in all. */
    replyBytes: 65_536,
    unknownTries: 3,
    unknownPause: 1_800_000,
  },
  /** As much of a header block is looked at (5,000 recipients need about 250,000). */
  headerBytes: 4_194_304,
  /** Minutes between tries, the last one for ever. */
  backoffMinutes: [1, 2, 5, 10, 15, 30, 60],
  firstUseQuestion: 100,
  seenForgetDays: 30,
  reportLines: 500,
  receivedLines: 50,
} as const;
