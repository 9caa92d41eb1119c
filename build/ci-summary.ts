/**
 * The closing line of .ci/run, `N passed, N failed, N skipped`, from vitest's JSON and the exit codes of `npm test`
 * and `npm run check`. Exit 1 when anything failed.
 *
 * 1. The check counts as one. A test file that could not be loaded counts as one that failed.
 * 2. Only what needs something named in ALLOWED may be skipped; any other skip counts as failed.
 * 3. An exit code other than 0 is a failure, whatever was counted; so is a run of no test.
 *
 *     node build/ci-summary.ts TEST_CODE CHECK_CODE [FILE]
 */
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const ALLOWED = ["corpus", "real-electron"];

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Skips and failures by name. */
  readonly notes: readonly string[];
}

export function summarise(files: readonly TestFile[], testCode: number, checkCode: number): Summary {
  const notes: string[] = [];
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of files) {
    if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed")) {
      failed += 1;
      notes.push(`failed: ${file.name} ${file.message.split("\n")[0] ?? ""}`.trimEnd());
    }
    for (const { fullName, status } of file.assertionResults) {
      if (status === "passed") passed += 1;
      else if (status !== "failed" && ALLOWED.some((name) => fullName.includes(`[skipped: ${name}`))) {
        skipped += 1;
        notes.push(`skipped: ${fullName}`);
      } else {
        failed += 1;
        notes.push(status === "failed" ? `failed: ${fullName}` : `may not be skipped: ${fullName}`);
      }
    }
  }
  const testsFailed = failed;
  if (passed === 0 && testsFailed === 0) notes.push("failed: no test was run");
  else if (testCode !== 0 && testsFailed === 0) notes.push(`failed: npm test ended with ${testCode}`);
  if (testsFailed === 0 && (passed === 0 || testCode !== 0)) failed += 1;
  if (checkCode === 0) passed += 1;
  else {
    failed += 1;
    notes.push(`failed: npm run check ended with ${checkCode}`);
  }
  return { passed, failed, skipped, notes };
}

export function formatSummary({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [testCode = "1", checkCode = "1", file = "test-results/vitest.json"] = process.argv.slice(2);
  const files = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { testResults: TestFile[] }).testResults
    : [];
  const summary = summarise(files, Number(testCode), Number(checkCode));
  for (const note of summary.notes) console.log(note);
  console.log(formatSummary(summary));
  process.exitCode = summary.failed === 0 ? 0 : 1;
}
