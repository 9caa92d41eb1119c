import type { Ran, ServiceSystem } from "../../core/headless/service/service-system.ts";

export interface FakeServiceSystem extends ServiceSystem {
  /** What was done, in order: `run ...`, `folder PATH`, `write PATH`, `delete PATH`. */
  readonly done: readonly string[];
  readonly written: ReadonlyMap<string, string | Buffer>;
}

/** A computer that has systemd and an administrator; `answers`: what its programs say, by their command line. */
export function fakeServiceSystem(
  differing: Partial<ServiceSystem> = {},
  answers: Readonly<Record<string, Ran>> = {},
): FakeServiceSystem {
  const done: string[] = [];
  const written = new Map<string, string | Buffer>();
  return {
    platform: "linux",
    executable: "/opt/efs/bin/node",
    script: "/opt/efs/out/cli/efs.js",
    electron: false,
    appImage: undefined,
    environment: { ProgramData: "C:\\ProgramData" },
    exists: () => true,
    isAdministrator: async () => true,
    async run(program, args) {
      const line = [program, ...args].join(" ");
      done.push(`run ${line}`);
      return answers[line] ?? { kind: "done", stdout: "" };
    },
    async makeFolder(path) {
      done.push(`folder ${path}`);
    },
    async write(path, content) {
      done.push(`write ${path}`);
      written.set(path, content);
    },
    async delete(path) {
      done.push(`delete ${path}`);
    },
    done,
    written,
    ...differing,
  };
}
