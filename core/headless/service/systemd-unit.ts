/** The files of the service for systemd. Pure. */
import { SERVICE, type ServiceCommand, STOP_SECONDS } from "./service-facts.ts";

/**
 * 1. An account of its own that owns nothing but its folder. That folder lets others through to `endpoint.json`, the one
 *    public file in it, by which the desktop app finds the service; they cannot list it, and everything else is for the
 *    account alone.
 * 2. It is told to stop with SIGTERM and then finishes what is in flight.
 * 3. Settings that have to be corrected (exit 2) are not tried again every ten seconds.
 */
export function systemdUnit(command: ServiceCommand): string {
  // V8 compiles while it runs, so memory cannot be kept from being executed. Chromium needs more calls than Node.
  const calls = command.electron ? [] : ["SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM"];
  return [
    "[Unit]",
    `Description=${SERVICE.title}`,
    "Wants=network-online.target",
    "After=network-online.target time-sync.target",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${[command.program, ...command.args].map(quoted).join(" ")}`,
    `User=${SERVICE.user}`,
    `Group=${SERVICE.user}`,
    "StateDirectory=efs",
    "StateDirectoryMode=0711",
    "WorkingDirectory=/var/lib/efs",
    "UMask=0077",
    "Restart=on-failure",
    "RestartSec=10",
    "RestartPreventExitStatus=2",
    "KillMode=mixed",
    `TimeoutStopSec=${STOP_SECONDS}`,
    "",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "LockPersonality=yes",
    "RemoveIPC=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    ...calls,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

/** For systemd-sysusers, which makes the account where it is not there yet. */
export function systemdUser(): string {
  return `u ${SERVICE.user} - "${SERVICE.title}" /var/lib/efs /usr/sbin/nologin\n`;
}

/** systemd.syntax(7), systemd.service(5) "Command lines": quotes, specifiers and variables lose their meaning. */
function quoted(argument: string): string {
  const plain = argument.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, "\\$&")}"`;
}
