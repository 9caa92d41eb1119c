import { describe, expect, test } from "vitest";
import {
  apartFromStyles,
  frameDocument,
  harmlessStyle,
  isRemote,
  pictureAddress,
} from "../../../renderer/folders/mail-html.ts";

const DOT = "data:image/png;base64,iVBORw0KGgo=";
const pictures = new Map([["logo@x", DOT]]);

describe("pictures", () => {
  test.each([
    [DOT, DOT],
    ["cid:logo@x", DOT],
    ["CID:logo%40x", DOT],
    ["cid:other", null],
    ["http://tracker.example/a.png", null],
    ["//tracker.example/a.png", null],
    ["a.png", null],
    ["data:text/html;base64,PHNjcmlwdD4=", null],
    ["data:image/svg+xml;base64,PHN2Zz4=", null],
    ["data:image/svg+xml,<svg onload=x>", null],
    ["javascript:alert(1)", null],
    ["", null],
  ])("%s", (address, shown) => {
    expect(pictureAddress(address, pictures)).toBe(shown);
  });

  test("what is elsewhere is told apart from what is nothing", () => {
    expect(["https://a", " //a", "ftp://a", "cid:a", "#a", "a.png"].map(isRemote)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("styles", () => {
  test.each([
    ["color: red; width: 10px", "color: red; width: 10px"],
    ["background: url(http://t.example/a)", "background: none"],
    ["background: URL( 'http://t.example/a' ) red", "background: none red"],
    ['background: url("http://t.example/a)b") red', "background: none red"],
    ["background: url(http://t.example/a", "background: none"],
    [`background: url(${DOT})`, `background: url("${DOT}")`],
    ["background: url(cid:logo@x)", `background: url("${DOT}")`],
    ["background: u\\72l(http://t.example/a)", "background: ul(http://t.example/a)"],
    ["background: \\75 rl(http://t.example/a)", "background: rl(http://t.example/a)"],
    ["a{} @import 'http://t.example/a.css'; b{}", "a{}  b{}"],
    ["@IMPORT url(http://t.example/a.css) screen;b{}", "b{}"],
    ["@imp/**/ort 'x';", "@imp ort 'x';"],
    ["@font-face { src: url(http://t.example/f) } b{}", " b{}"],
    ["background: image-set('http://t.example/a' 1x)", "background: none('http://t.example/a' 1x)"],
    ["background: -webkit-image-set('http://t/a' 1x)", "background: none('http://t/a' 1x)"],
    ["width: expression(alert(1))", "width: none(alert(1))"],
    ["behavior: url(x.htc)", "none: none"],
    ["</style><script>alert(1)</script>", "style>script>alert(1)script>"],
  ])("%s", (style, harmless) => {
    expect(harmlessStyle(style, pictures)).toBe(harmless);
  });
});

describe("before the text is read as HTML", () => {
  test("style sheets are kept apart, what changes addresses goes", () => {
    expect(
      apartFromStyles(
        "<BASE href='http://t/'><style type=x>a{}</style><p>One</p><!--[if mso]><style>b{}</style><![endif]--><Style>c{}",
      ),
    ).toEqual({ html: "<p>One</p>", styles: "a{}\nc{}" });
  });

  test("a tag that never ends takes the rest, as browsers have it; thousands of them take no time", () => {
    expect(apartFromStyles("<p>One</p><style title='Two'")).toEqual({ html: "<p>One</p>", styles: "" });
    expect(apartFromStyles("<style ".repeat(200_000))).toEqual({ html: "", styles: "" });
  });

  test("what comes together by it is still there to be examined", () => {
    expect(apartFromStyles("<scr<style></style>ipt>alert(1)</script>").html).toBe(
      "<script>alert(1)</script>",
    );
  });
});

describe("the frame", () => {
  const whole = frameDocument("<p>Hello</p>", "p{color:red}", "abc");

  test("its policy comes before everything that it could hold", () => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;
    expect(whole.indexOf(policy)).toBe("<!doctype html><html><head>".length);
  });

  test("style sheets carry the page's nonce, as its policy holds for the frame", () => {
    expect(whole).toContain('<style nonce="abc">p{color:red}</style></head><body><p>Hello</p></body>');
  });
});
