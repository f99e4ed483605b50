import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import { columnsOf } from "./_columns.ts";
import { html } from "./html.ts";
import { BARE_SUMMARY, HOSTILE_LABEL, NOISY_SUMMARY, SUMMARY } from "./testdata/summary.ts";

const PAGE = await html.render(SUMMARY);
const { document } = parseHTML(PAGE);
const ELEMENTS = [...document.querySelectorAll("*")];

function textOf(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());
}

Deno.test("html.render() gives equal bytes for equal summaries", async () => {
  assertEquals(await html.render(structuredClone(SUMMARY)), PAGE);
});

Deno.test("html.render() allows its one style sheet by hash, and nothing else", async () => {
  const policy = document.querySelector("meta[http-equiv='Content-Security-Policy']")
    ?.getAttribute("content") ?? "";
  const sheets = PAGE.match(/<style>[^]*?<\/style>/g) ?? [];
  assertEquals(sheets.length, 1);
  const style = sheets[0]!.slice("<style>".length, -"</style>".length);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = new Uint8Array(digest).toBase64();
  assertEquals(
    policy,
    `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
  );
});

Deno.test("html.render() makes no active or styled element and no outside address", () => {
  const names = new Set(ELEMENTS.map((element) => element.localName));
  for (const name of ["script", "img", "iframe", "object", "embed", "link", "form", "base"]) {
    assert(!names.has(name), `found <${name}>`);
  }
  for (const element of ELEMENTS) {
    for (const { name, value } of element.attributes) {
      assert(!name.startsWith("on") && name !== "style", `${element.localName} has ${name}`);
      assert(!/https?:|javascript:/i.test(value), `${name} of ${element.localName}: ${value}`);
      if (name === "href" || name === "src") assertMatch(value, /^#[a-z]+(-\d+)?$/);
    }
  }
});

Deno.test("html.render() keeps hostile strings as text", () => {
  const shown = HOSTILE_LABEL.replace("\u202e", "⟨U+202E⟩");
  assert(textOf("table.policies .arm-name").includes(shown));
  assert(textOf(".troubles li").some((text) => text.includes("<script>alert(4)</script>")));
  assert(textOf(".card p").includes("<b>bold</b> claim"));
  assert(textOf(".t").includes("<script>"));
  assert(textOf("pre").some((text) => text.includes("⟨U+001B⟩[31mred")));
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(PAGE));
});

Deno.test("html.render() gives every reference a target and every identifier one element", () => {
  const ids = ELEMENTS.flatMap((element) => element.getAttribute("id") ?? []);
  assertEquals(ids.length, new Set(ids).size);
  for (const element of ELEMENTS) {
    const target = element.getAttribute("href")?.slice(1) ??
      element.getAttribute("aria-labelledby");
    if (target) assert(ids.includes(target), `nothing has the id "${target}"`);
  }
});

/** Terms of the methods entries that the column headings of a table lead to. */
function termsOf(table: string): (string | undefined)[] {
  return [...document.querySelectorAll(`table.${table} thead tr:last-child th`)].map((heading) => {
    const id = heading.querySelector("a")?.getAttribute("href")?.slice(1);
    return id && document.querySelector(`[id='${id}']`)?.textContent;
  });
}

Deno.test("html.render() leads from every column of numbers to its definition", () => {
  const [policy, ...terms] = termsOf("policies");
  assertEquals(policy, undefined);
  for (const [i, column] of columnsOf(SUMMARY).entries()) {
    assert(terms[i]?.split(", ").includes(column.term), `${column.id} leads to ${terms[i]}`);
  }
  const [barPolicy, bar, ...costs] = termsOf("costs");
  assertEquals([barPolicy, bar], [undefined, undefined]);
  assert(costs.every((term) => term !== undefined));
  const named = ["difference", "ratio", "quality class", "churn", "length ratio"];
  assertEquals(termsOf("quality").filter((term) => term !== undefined), named);
});

Deno.test("html.render() puts the baseline first and a row beneath it per arm", () => {
  const rows = [...document.querySelectorAll("table.policies tbody tr:not(.troubles)")];
  assertEquals(rows.length, SUMMARY.arms.length);
  assert(rows[0]?.classList.contains("baseline"));
  for (const row of rows) assertEquals(row.children.length, columnsOf(SUMMARY).length + 1);
  assertEquals(rows[1]?.querySelector(".speed-up")?.textContent.trim(), "1.21 [1.18, 1.24]");
});

Deno.test("html.render() prints what was not measured as —", () => {
  const row = document.querySelector("table.policies .is-empty")!;
  const cells = [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim());
  assertEquals(new Set(cells.slice(0, -1)), new Set(["—"]));
  assertEquals(cells.at(-1), "hole");
});

Deno.test("html.render() makes failed, skipped and gated rows look different", () => {
  assertEquals(textOf(".is-below .remark"), ["below gate", "below gate"]);
  assertEquals(textOf(".is-troubled .remark"), ["11 failed"]);
  assertEquals(textOf(".is-empty .remark"), ["312 skipped"]);
  assertEquals(textOf("svg.wide .pareto-fail text"), [
    "4  unified_layer_skipping(ratio=2)",
    "5  fixed_exit(exit=6)",
  ]);
});

Deno.test("html.render() greys comparisons of a noisy run", async () => {
  const { document: noisy } = parseHTML(await html.render(NOISY_SUMMARY));
  assert(noisy.querySelector("table.policies.noisy") !== null);
  assertStringIncludes(noisy.querySelector("p.noise")!.textContent, "Noisy");
  assert(document.querySelector("table.policies.noisy") === null);
});

Deno.test("html.render() marks the first token that differs, once per output", () => {
  const outputs = [...document.querySelectorAll(".output")];
  assertEquals(outputs.map((output) => output.querySelectorAll("mark").length), [
    ...[0, 0, 0, 1, 1],
    ...[0, 1, 1],
  ]);
  const mark = document.querySelector("mark[title]")!;
  assertEquals(
    mark.getAttribute("title"),
    "·a · height 12 of 12 · 12 blocks run · first difference from the baseline",
  );
});

Deno.test("html.render() names figures, captions tables and scopes headings", () => {
  for (const figure of document.querySelectorAll("svg:not([aria-hidden])")) {
    assertEquals(figure.getAttribute("role"), "img");
    assert(figure.getAttribute("aria-label"));
  }
  for (const table of document.querySelectorAll("table")) assert(table.querySelector("caption"));
  for (const heading of document.querySelectorAll("th")) assert(heading.getAttribute("scope"));
});

Deno.test("html.render() has a filter rule for every check box", () => {
  const boxes = [...document.querySelectorAll("input")].map((box) => box.getAttribute("id"));
  assertEquals(boxes.length, SUMMARY.arms.length + SUMMARY.manifest.suites.length);
  for (const id of boxes) assertStringIncludes(PAGE, `body:has(#${id}:not(:checked)) main .`);
});

Deno.test("html.render() says what is missing when little was measured", async () => {
  const page = await html.render(BARE_SUMMARY);
  assertStringIncludes(page, "nothing was timed");
  assertStringIncludes(page, "No plot");
  assertStringIncludes(page, "no sample outputs");
  assert(!/undefined|NaN|\[object/.test(page));
});
