/** The options of a script that people start by hand. */

/** What `parseArgs` makes of them, or its sentence about what it does not understand. */
export function readOptions<Values extends object>(read: () => Values): Values | string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Ends the process where there is nothing to be done: "help" was asked for (exit 0), or a text says what is wrong (2). */
export function optionsOrExit<Options extends object>(
  script: string,
  usage: string,
  options: Options | string,
): Options {
  if (options === "help") {
    console.log(usage);
    process.exit(0);
  }
  if (typeof options === "string") {
    console.error(`${script}: ${options}\n${usage}`);
    process.exit(2);
  }
  return options;
}
