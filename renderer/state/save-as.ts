/** The browser's own download; nothing is opened. */
export function saveAs(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser takes its copy of the address in its own time.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
