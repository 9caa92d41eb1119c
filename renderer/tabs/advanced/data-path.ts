/** A file in the gateway's data folder, with the separator of the computer that it runs on. Pure. */
export function inDataFolder(dataDirectory: string, file: string): string {
  const separator = /^[A-Za-z]:|^\\\\/.test(dataDirectory) ? "\\" : "/";
  return dataDirectory.endsWith(separator)
    ? `${dataDirectory}${file}`
    : `${dataDirectory}${separator}${file}`;
}

/** `efs-settings-2026-11-20.json`, of the local day. */
export function exportName(now: Date): string {
  const part = (value: number): string => String(value).padStart(2, "0");
  return `efs-settings-${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}.json`;
}
