import { type Settings, settingsSchema } from "../../core/model/settings.ts";

/** The least that an office has to say, as it is written in a file; `changes` replace whole top-level keys. */
export function settingsInput(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    accounts: [{ id: "main", host: "pop.example.net", username: "office", password: "s3cret" }],
    domains: { primary: "example.com" },
    smtp: { host: "192.0.2.10" },
    postmaster: { address: "postmaster@example.com" },
    ...changes,
  };
}

export function sampleSettings(changes: Readonly<Record<string, unknown>> = {}): Settings {
  return settingsSchema.parse(settingsInput(changes));
}
