/** The service for macOS's launchd, as `/Library/LaunchDaemons/org.efs-mail-gateway.plist`. Pure. */
import { SERVICE, type ServiceCommand, STOP_SECONDS } from "./service-facts.ts";
import { xmlText } from "./xml-text.ts";

/** 0077: what the service makes is for its account alone. The format knows decimal numbers only. */
const UMASK = 0o077;

/** It is started at boot, and again when it ends with an error; SIGTERM, then time to finish what is in flight. */
export function launchdPlist({ program, args }: ServiceCommand, dataDirectory: string): string {
  const command = [program, ...args].map((each) => `      <string>${xmlText(each)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${SERVICE.label}</string>
    <key>ProgramArguments</key>
    <array>
${command.join("\n")}
    </array>
    <key>UserName</key>
    <string>${SERVICE.macUser}</string>
    <key>WorkingDirectory</key>
    <string>${xmlText(dataDirectory)}</string>
    <key>Umask</key>
    <integer>${UMASK}</integer>
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
      <key>SuccessfulExit</key>
      <false/>
    </dict>
    <key>ThrottleInterval</key>
    <integer>10</integer>
    <key>ExitTimeOut</key>
    <integer>${STOP_SECONDS}</integer>
  </dict>
</plist>
`;
}

/**
 * A free number for the account from `dscl . -list /Users UniqueID`. Role accounts have numbers from 200 to 400;
 * Apple's own fill them from below. null: none is free.
 */
export function freeRoleNumber(list: string): number | null {
  const taken = new Set(list.split("\n").map((line) => Number(/\s(-?\d+)\s*$/.exec(line)?.[1] ?? "NaN")));
  for (let number = 400; number >= 200; number -= 1) if (!taken.has(number)) return number;
  return null;
}
