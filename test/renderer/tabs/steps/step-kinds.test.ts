import { expect, test } from "vitest";
import { type Settings, settingsSchema } from "../../../../core/model/settings.ts";
import { postCheckOf, preCheckOf } from "../../../../renderer/tabs/steps/step-kinds.ts";

const common = { timeoutSeconds: 30, waitSeconds: 5, onlyIfSuccessful: true };
const dial: Settings["preCheck"] = { kind: "program", path: "/bin/dial", arguments: ["-v"], ...common };

test("the pre check's kinds keep what they share", () => {
  expect(preCheckOf("program", dial)).toBe(dial);
  expect(preCheckOf("none", dial)).toEqual({ kind: "none", ...common });
  expect(preCheckOf("reach", dial)).toEqual({ kind: "reach", host: "", port: null, ...common });
  expect(preCheckOf("program", { kind: "none", ...common })).toEqual({ ...dial, path: "", arguments: [] });
});

test("the post check's kinds keep the time-out", () => {
  const report: Settings["postCheck"] = {
    kind: "program",
    path: "/bin/report",
    arguments: [],
    timeoutSeconds: 7,
  };
  expect(postCheckOf("program", report)).toBe(report);
  expect(postCheckOf("none", report)).toEqual({ kind: "none", timeoutSeconds: 7 });
  expect(postCheckOf("program", { kind: "none", timeoutSeconds: 7 })).toEqual({ ...report, path: "" });
});

test("what comes out is of the settings' form, once it is filled in", () => {
  const none = preCheckOf("none", dial);
  expect(settingsSchema.shape.preCheck.parse(none)).toEqual(none);
  const reach = { ...preCheckOf("reach", dial), host: "192.0.2.1" };
  expect(settingsSchema.shape.preCheck.parse(reach)).toEqual(reach);
});
