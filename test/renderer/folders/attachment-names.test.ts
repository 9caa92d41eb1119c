import { describe, expect, test } from "vitest";
import {
  attachmentRisk,
  fileNameOf,
  messageFileName,
  nameAndAddress,
} from "../../../renderer/folders/attachment-names.ts";

describe("names of files that are saved", () => {
  test.each([
    ["Invoice May.pdf", "Invoice May.pdf"],
    ["Grüße 日本.txt", "Grüße 日本.txt"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Windows\\system.ini", "system.ini"],
    ["..", "file"],
    ["", "file"],
    [null, "file"],
    ["invoice\u202efdp.exe", "invoicefdp.exe"],
    ["a\x00b\r\nc.txt", "abc.txt"],
    ['a<b>:"c|d?.txt', "a_b___c_d_.txt"],
    ["con.txt", "_con.txt"],
    ["LPT1", "_LPT1"],
    ["report.exe. . ", "report.exe"],
    [`${"x".repeat(300)}.docx`, `${"x".repeat(115)}.docx`],
  ])("%j", (name, saved) => {
    expect(fileNameOf(name, "file")).toBe(saved);
  });

  test("a message is named after its subject, or its id", () => {
    expect(messageFileName("Re: Offer 4/2026", "AB12")).toBe("Re_ Offer 4_2026.eml");
    expect(messageFileName("", "AB12")).toBe("AB12.eml");
    expect(messageFileName("...", "AB12")).toBe("AB12.eml");
  });
});

describe("files that can do harm", () => {
  test.each([
    ["setup.EXE", "dangerous"],
    ["invoice.pdf.js", "dangerous"],
    ["invoice.exe. ", "dangerous"],
    ["table.xlsm", "dangerous"],
    ["page.html", "dangerous"],
    ["all.zip", "archive"],
    ["invoice.pdf", "none"],
    ["exe", "none"],
  ] as const)("%s", (name, risk) => {
    expect(attachmentRisk(name)).toBe(risk);
  });
});

describe("people", () => {
  test.each([
    ["Anna Weber <anna@a.example>", { name: "Anna Weber", address: "anna@a.example" }],
    ['"Weber, Anna" <anna@a.example>', { name: "Weber, Anna", address: "anna@a.example" }],
    ['"An \\"A\\" W" <a@b.c>', { name: 'An "A" W', address: "a@b.c" }],
    ["<anna@a.example>", { name: "anna@a.example", address: "" }],
    ["anna@a.example <anna@a.example>", { name: "anna@a.example", address: "" }],
    ["anna@a.example (Anna Weber)", { name: "Anna Weber", address: "anna@a.example" }],
    [" anna@a.example ", { name: "anna@a.example", address: "" }],
    ["", { name: "", address: "" }],
    ["Anna (Sales) <anna@a.example>", { name: "Anna (Sales)", address: "anna@a.example" }],
    ["anna@a.example ()", { name: "anna@a.example ()", address: "" }],
    ["anna weber (Sales)", { name: "anna weber (Sales)", address: "" }],
    ["Anna <a@b.c> x", { name: "Anna <a@b.c> x", address: "" }],
    ["<<a@b.c>", { name: "<", address: "a@b.c" }],
    [`${" ".repeat(100_000)}x`, { name: "x", address: "" }],
    [`x${" ".repeat(100_000)}y`, { name: `x${" ".repeat(100_000)}y`, address: "" }],
  ])("%s", (from, shown) => {
    expect(nameAndAddress(from)).toEqual(shown);
  });
});
