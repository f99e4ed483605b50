/**
 * Hostile prompts, outputs and names in a real browser: in every context they
 * stay text, and nothing runs, loads or leaves.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { html } from "../../reports/html.ts";
import { visibleLine, visibleText, visibleToken } from "../../reports/_visible.ts";
import { browserTest, withReport, writeReport } from "./_browser.ts";
import { HOSTILE, hostileSummary, itemName } from "./_hostile.ts";

await writeReport("hostile.html", await html.render(hostileSummary()));

const isPrintable = (text: string) => !/\p{C}/u.test(text);

/** Where each string must be found, whole, as the text of an element. */
const CONTEXTS: readonly (readonly [selector: string, shown: (text: string) => string])[] = [
  [".answer .first, .answer .more", visibleLine],
  [".choice .reason", visibleLine],
  [".choice .arm-name", visibleLine],
  [".warnings li", visibleLine],
  ["#filter label .arm-name", visibleLine],
  ["table.verdicts .arm-name", visibleLine],
  ["table.policies .arm-name", visibleLine],
  ["table.policies .troubles li", visibleLine],
  ["svg.pareto ~ .key .arm-name", visibleLine],
  [".costs .arm-name", visibleLine],
  [".multiples .arm-name", visibleLine],
  [".multiples .numbers th:nth-child(2)", visibleLine],
  [".sample pre", visibleText],
  [".sample .t", visibleToken],
  [".sample .numbers td code", visibleToken],
  [".sample .who .arm-name", visibleLine],
  [".card > p", visibleLine],
  [".card dd", visibleLine],
  [".card li", visibleLine],
  ["table.parity .arm-name", visibleLine],
  [".reasons li", visibleLine],
  ["p.finding", visibleLine],
  [".claims td .note", visibleLine],
  [".study thead th", visibleLine],
  [".study tbody th", visibleLine],
  [".study td .value", visibleLine],
  [".methods dt", visibleLine],
  [".methods dd", visibleLine],
  [".facts code", visibleLine],
  [".facts dt", visibleLine],
];

/** Where all strings must be found, inside longer texts. */
const JOINT_CONTEXTS: readonly string[] = [
  ".origin",
  "h1",
  ".facts",
  "head > title",
  ".timings .reasons",
  ".claims tbody th",
];

browserTest("35 hostile strings stay text in every context of the report", async (browser) => {
  assert(HOSTILE.length >= 30 && new Set(HOSTILE).size === HOSTILE.length);
  for (const javaScriptEnabled of [true, false]) {
    await withReport(browser, { file: "hostile.html", javaScriptEnabled }, async (page) => {
      for (const [selector, shown] of CONTEXTS) {
        const texts = new Set(
          (await page.locator(selector).allTextContents()).map((text) => text.trim()),
        );
        const missing = HOSTILE.filter((text) => !texts.has(shown(text).trim()));
        assertEquals(missing, [], `missing from ${selector}`);
      }
      for (const selector of JOINT_CONTEXTS) {
        const text = (await page.locator(selector).allTextContents()).join("\n");
        const missing = HOSTILE.filter((each) => !text.includes(visibleLine(each)));
        assertEquals(missing, [], `missing from ${selector}`);
      }
      const items = await page.locator(".sample h3 code").allTextContents();
      assertEquals(items, HOSTILE.map((_, i) => itemName(i)));
      for (
        const name of [
          "img",
          "iframe",
          "object",
          "embed",
          "link",
          "base",
          "form",
          "math",
          "template",
          "svg style",
          "svg script",
          "b",
          "x-tag",
          "[onload]",
          "[onerror]",
          "[onfocus]",
          "[onmouseover]",
          "[autofocus]",
          "[style]",
          "meta[http-equiv=refresh]",
        ]
      ) assertEquals(await page.locator(name).count(), 0, `found ${name}`);
      assertEquals(await page.locator("style").count(), 1);
      assertEquals(await page.locator("script").count(), 1);
      assertEquals(await page.locator("a[href]:not([href^='#'])").count(), 0);
      assertEquals(await page.locator("[src], [action], [srcdoc]").count(), 0);
    });
  }
});

browserTest(
  "hostile strings stay text in titles, panels and a search for them",
  async (browser) => {
    const view = { file: "hostile.html", viewport: { width: 1400, height: 900 } };
    await withReport(browser, view, async (page) => {
      const told = await page.evaluate(`[...document.querySelectorAll(".sample")].map((sample) => {
        sample.querySelector(".t").focus({ preventScroll: true });
        return [...document.querySelectorAll("#details-panel > *")].map((line) => line.textContent);
      })`);
      assertEquals(
        told,
        HOSTILE.map((text) => [
          visibleToken(text),
          "height 3 of 12, 3 blocks run",
          `${visibleLine(text)} 0.500 at height 3`,
          `first difference from full depth: ${visibleToken(text)}`,
        ]),
      );
      await page.locator("#filter > summary").click();
      for (const text of HOSTILE.filter(isPrintable).slice(6, 7)) {
        await page.locator("#filter-search").fill(text);
        const shown = await page.locator("table.verdicts tbody tr:visible .arm-name")
          .allTextContents();
        assert(shown.length < HOSTILE.length && shown.includes(visibleLine(text)));
      }
      assertEquals(await page.evaluate("globalThis.hit"), undefined);
    });
  },
);

browserTest("hostile names neither widen a page nor hide what is on it", async (browser) => {
  for (const width of [400, 1400]) {
    const view = { file: "hostile.html", viewport: { width, height: 900 } };
    await withReport(browser, view, async (page) => {
      assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
      for (const selector of [".answer .first", "table.verdicts", ".sample", ".methods"]) {
        assert(await page.locator(selector).first().isVisible(), selector);
      }
    });
  }
});
