import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parseHTML } from "linkedom";
import { columnsOf } from "./_columns.ts";
import { html } from "./html.ts";
import { BARE_SUMMARY, HOSTILE_LABEL, NOISY_SUMMARY, SUMMARY } from "./testdata/summary.ts";

const PAGE = await html.render(SUMMARY);
const { document } = parseHTML(PAGE);
const SCRIPTS = PAGE.match(/<script>[^]*?<\/script>/g) ?? [];
const MARKUP = PAGE.replaceAll(/<(style|script)>[^]*?<\/\1>/g, "");
const ELEMENTS = [...document.querySelectorAll("*")];

function textOf(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());
}

Deno.test("html.render() gives equal bytes for equal summaries", async () => {
  assertEquals(await html.render(structuredClone(SUMMARY)), PAGE);
});

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}

Deno.test("html.render() allows one style sheet and one script by hash, and nothing else", async () => {
  const policy = document.querySelector("meta[http-equiv='Content-Security-Policy']")
    ?.getAttribute("content") ?? "";
  const sheets = PAGE.match(/<style>[^]*?<\/style>/g) ?? [];
  assertEquals(sheets.length, 1);
  assertEquals(SCRIPTS.length, 1);
  const style = await hashOf(sheets[0]!.slice("<style>".length, -"</style>".length));
  const script = await hashOf(SCRIPTS[0]!.slice("<script>".length, -"</script>".length));
  assertEquals(
    policy,
    `default-src 'none'; style-src 'sha256-${style}'; script-src 'sha256-${script}'; ` +
      "img-src data:; base-uri 'none'; form-action 'none'",
  );
});

Deno.test("html.render() makes no active or styled element and no outside address", () => {
  const names = new Set(ELEMENTS.map((element) => element.localName));
  assertEquals(ELEMENTS.filter(({ localName }) => localName === "script").length, 1);
  for (const name of ["img", "iframe", "object", "embed", "link", "form", "base"]) {
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
  for (const table of ["table.verdicts", "table.policies"]) {
    assertEquals(textOf(`${table} .is-below .remark`), ["below gate", "below gate"]);
    assertEquals(textOf(`${table} .is-troubled .remark`), ["11 failed"]);
    assertEquals(textOf(`${table} .is-empty .remark`), ["312 skipped"]);
  }
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
  assertEquals(
    [...document.querySelectorAll("mark[title]")].map((mark) => mark.getAttribute("title")).slice(
      0,
      3,
    ),
    [
      "·a\nheight 12 of 12, 12 blocks run\nfirst difference from full depth",
      "·k\nheight 6 of 12, 6 blocks run\nfirst difference from full depth",
      "·ship\nheight 8 of 12, 8 blocks run\nmargin 0.934 at height 8\n−ln p 2.310, full depth 2.270\n" +
      "KL 0.004 nats\nfirst difference from full depth: ·boat",
    ],
  );
});

Deno.test("html.render() names figures, captions tables and scopes headings", () => {
  for (const figure of document.querySelectorAll("svg:not([aria-hidden])")) {
    const links = figure.querySelectorAll("a");
    assertEquals(figure.getAttribute("role"), links.length === 0 ? "img" : "group");
    for (const link of links) assert(link.getAttribute("aria-label"));
    assert(figure.getAttribute("aria-label"));
  }
  for (const table of document.querySelectorAll("table")) assert(table.querySelector("caption"));
  for (const heading of document.querySelectorAll("th")) assert(heading.getAttribute("scope"));
});

Deno.test("html.render() has a filter rule for every check box", () => {
  const boxes = [...document.querySelectorAll("input")].map((box) => box.getAttribute("id"));
  const classes = ["C", "fail", "none"]; // those that the arms have
  assertEquals(
    boxes.length,
    SUMMARY.arms.length + SUMMARY.manifest.suites.length + classes.length,
  );
  for (const id of boxes) {
    assertMatch(PAGE, new RegExp(`body:has\\(#${id}:not\\(:checked\\)\\) main [.:]`));
  }
});

Deno.test("html.render() says what is missing when little was measured", async () => {
  const page = await html.render(BARE_SUMMARY);
  assertStringIncludes(page, "nothing was timed");
  assertStringIncludes(page, "No plot");
  assertStringIncludes(page, "no sample outputs");
  assertStringIncludes(page, "no confidence to check");
  assert(!page.includes('id="parity"') && !page.includes("Where the time goes"));
  assert(!/undefined|NaN|\[object/.test(page.replaceAll(/<script>[^]*?<\/script>/g, "")));
});

Deno.test("html.render() answers first, with one tile per outcome", () => {
  assertEquals(document.querySelector(".answer .first")?.textContent, SUMMARY.answer[0]);
  const tiles = [...document.querySelectorAll(".choice")].map((tile) =>
    [...tile.querySelectorAll("p")].map((p) => p.textContent.replaceAll(/\s+/g, " ").trim()).join(
      " ",
    )
  );
  assertEquals(tiles, [
    "● A ◆ B ≥ 99 % of full depth’s quality None pays " +
    "No policy keeps it. The nearest is calm: it keeps 97.9 %.",
    "▲ C ≥ 97 % of full depth’s quality 2 calm(measure=softmax,threshold=0.9) " +
    "1.21× [1.18, 1.24] as fast per prompt lowest quality: 0.979 [0.970, 0.988] of full depth’s, " +
    "on arithmetic",
  ]);
});

Deno.test("html.render() draws a waterfall whose terms lead from 0 to the measured time", () => {
  const figures = [...document.querySelectorAll("svg.waterfall")];
  assertEquals(figures.length, 3);
  const rects = [...figures[1]!.querySelectorAll("rect")].map((rect) => ({
    tone: rect.getAttribute("class"),
    from: Number(rect.getAttribute("x")),
    to: Number(rect.getAttribute("x")) + Number(rect.getAttribute("width")),
  }));
  for (const [i, { from }] of rects.slice(1, 5).entries()) {
    assertAlmostEquals(from, rects[i]!.to, 1); // a bar is at least 0.75 px wide
  }
  assertAlmostEquals(rects[5]!.to, rects[6]!.to, 1);
  assertEquals(rects[5]!.tone, "part-residual");
  assertEquals(figures[2]!.querySelectorAll("rect.part-residual.red").length, 1);
});

Deno.test("html.render() tells the confidence of exits by height, in figure and numbers", () => {
  const figure = document.querySelector("svg.calibration")!;
  assertStringIncludes(figure.getAttribute("aria-label")!, "height 3, 0.910: 62.0 %");
  assertEquals(figure.querySelectorAll("circle").length, 4);
  const rows = [...document.querySelectorAll(".multiples .numbers tbody tr")];
  assertEquals(
    rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    [
      ["3", "0.910", "62.0 % [51.0, 73.0]", "40"],
      ["3", "0.970", "88.0 % [82.0, 94.0]", "40"],
      ["6", "0.920", "90.0 % [82.0, 98.0]", "33"],
      ["6", "0.990", "98.0 % [96.0, 100.0]", "34"],
    ],
  );
});

Deno.test("html.render() says what is equal on the other backend, and where it is not", () => {
  assertEquals(textOf("table.parity tbody tr:first-child td").map((text) => text.trim()), [
    "120 of 120",
    "640 of 640",
    "640 of 640",
    "2e−4",
    "120 of 120",
  ]);
  assertEquals(textOf("table.parity .unequal"), [
    "117 of 120",
    "637 of 640",
    "639 of 640",
    "115 of 116",
  ]);
  assertEquals(textOf(".examples li"), [
    "copy <u>item</u>, token 4: height 7 on cpu, height 8 on wasm; " +
    "full depth’s two likeliest tokens are 4e−4 apart in logits",
    "copy copy-0009, token 6: “<script>” on cpu, “·k” on wasm",
  ]);
});

Deno.test("html.render() holds what hover tells in a table, too", () => {
  const calm = [...document.querySelectorAll(".sample:first-of-type .numbers tbody tr")]
    .map((row) => row.children[2]!.textContent.replaceAll(/\s+/g, " ").trim());
  assertEquals(calm.slice(0, 2), ["·k 12margin 0.412", "·v 5margin 0.934"]);
});

Deno.test("html.render() says in words what it leaves out", () => {
  assert(textOf(".output .note").includes("41 more tokens are left out"));
  assertMatch(MARKUP, /5 tokens at heights with fewer than 8 are not shown/);
});

Deno.test("html.render() tells timing by suite, percentile and cell, and what was not run", () => {
  const rows = (label: string) =>
    [...document.querySelectorAll(`[aria-label='${label}'] tbody tr:not(.suite)`)].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => cell.textContent.replaceAll(/\s+/g, " ").trim())
    );
  assertEquals(rows("Speed by suite"), [
    ["1.18 [1.13, 1.23]", "[1.09, 1.27]", "0.016", "fasterfew prompts", "3.0", "31"],
  ]);
  assertEquals(rows("Percentiles"), [
    ["3.90 [3.70, 4.20]", "— needs 662 latencies", "384 means of 4 steps", "—"],
  ]);
  assertEquals(rows("Cells of speed suites"), [[
    ...["512", "4", "210 [206, 214]", "—", "9.10 [8.90, 9.30]", "440 [431, 449]"],
    ...["1.30 [1.26, 1.34]", "2 600 000 / 0 / 524 288 / 4 096", "3 400 000"],
  ]]);
  assertEquals(textOf(".timings .reasons li"), [
    "2 calm(measure=softmax,threshold=0.9), copy 2048x8: " +
    "Needs 2112 positions: <i>context</i> is 512",
  ]);
  assertEquals(rows("Noise of each policy"), [
    ["60", "1", "2", "0", "0.12", "0.4 [−0.1, 0.9]"],
    ["2", "0", "0", "0", "—", "—"],
  ]);
});

Deno.test("html.render() shows the interval that a verdict is drawn from, and its adjusted p", () => {
  const row = document.querySelector("#verdict-2")!;
  const [bar, whisker] = [".bar", ".whisker"].map((name) => {
    const line = row.querySelector(`.forest ${name}`)!;
    return [Number(line.getAttribute("x1")), Number(line.getAttribute("x2"))] as const;
  });
  assert(whisker![0] < bar![0] && bar![1] < whisker![1]);
  assertStringIncludes(
    document.querySelector("table.policies .arm-2 td.verdict")!.textContent,
    "p 0.002",
  );
});
