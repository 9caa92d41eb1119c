import { expect, test } from "vitest";
import { exportName, inDataFolder } from "../../../../renderer/tabs/advanced/data-path.ts";
import { isOnlyHere, pagesAddress } from "../../../../renderer/tabs/advanced/pages-address.ts";

test.each([
  ["/var/lib/efs", "/var/lib/efs/marker.efs"],
  ["/", "/marker.efs"],
  ["/srv/odd\\name", "/srv/odd\\name/marker.efs"],
  ["C:\\ProgramData\\EFS", "C:\\ProgramData\\EFS\\marker.efs"],
  ["D:\\", "D:\\marker.efs"],
  ["\\\\?\\D:\\EFS", "\\\\?\\D:\\EFS\\marker.efs"],
])("the marker file in %s", (folder, path) => {
  expect(inDataFolder(folder, "marker.efs")).toBe(path);
});

test("an export is named after the local day", () => {
  expect(exportName(new Date(2026, 0, 5, 23, 59))).toBe("efs-settings-2026-01-05.json");
});

const web = { host: "127.0.0.1", port: 7025, names: [], certificate: null };

test.each([
  [web, "http://127.0.0.1:7025/"],
  [{ ...web, host: "::1" }, "http://[::1]:7025/"],
  [{ ...web, names: ["mail.example.com"] }, "http://127.0.0.1:7025/"],
  [{ ...web, host: "192.0.2.1", certificate: "/c.pem" }, "https://192.0.2.1:7025/"],
  [{ ...web, host: "0.0.0.0", certificate: "/c.pem" }, "https://...:7025/"],
  [
    { ...web, host: "0.0.0.0", names: ["mail.example.com"], certificate: "/c.pem" },
    "https://mail.example.com:7025/",
  ],
])("%o is at %s", (settings, address) => {
  expect(pagesAddress(settings)).toBe(address);
});

test("addresses that only this computer reaches", () => {
  expect(["127.0.0.1", "127.1.2.3", "::1", "localhost", "0.0.0.0", "192.0.2.1"].map(isOnlyHere)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
