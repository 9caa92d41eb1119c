/** What the service is called, the same in every file and command. */
export const SERVICE = {
  /** systemd's unit, and Linux's folders. */
  unit: "efs-mail-gateway.service",
  /** Linux account that it runs as; macOS's has an underscore before it. */
  user: "efs",
  macUser: "_efs",
  label: "org.efs-mail-gateway",
  /** Of the Windows task; build/installer.nsh knows it too. */
  task: "EFS Mail Gateway",
  title: "EFS Mail Gateway",
  description: "Collects mail from POP3 mailboxes and forwards it to the office's mail server",
} as const;

/** Seconds in which what is in flight is finished when it is told to stop. What is cut off then is tried again. */
export const STOP_SECONDS = 300;

/** The command line of the service. */
export interface ServiceCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Of the desktop app, which is Electron; else Node. */
  readonly electron: boolean;
}
