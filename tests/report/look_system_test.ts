/**
 * How the report looks and what it does by itself: nothing but show. Screenshots
 * of every width and colour scheme lie in `.tmp/report/` afterwards.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { html } from "../../reports/html.ts";
import { BARE_SUMMARY, NOISY_SUMMARY, SUMMARY } from "../../reports/testdata/summary.ts";
import { browserTest, FOLDER, VIEWS, withReport, writeReport } from "./_browser.ts";

const FILES = ["full.html", "bare.html", "noisy.html"] as const;
await writeReport("full.html", await html.render(SUMMARY));
await writeReport("bare.html", await html.render(BARE_SUMMARY));
await writeReport("noisy.html", await html.render(NOISY_SUMMARY));

/** Contrast of every text of every figure with the paper, as WCAG 2 defines it; those below 4.5. */
const FAINT_TEXTS = `(() => {
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.documentElement).backgroundColor);
  return [...document.querySelectorAll("svg text")].flatMap((text) => {
    const ink = luminance(getComputedStyle(text).fill);
    const [low, high] = [Math.min(ink, paper), Math.max(ink, paper)];
    const contrast = (high + 0.05) / (low + 0.05);
    return contrast >= 4.5 ? [] : [text.textContent + ": " + contrast.toFixed(2)];
  });
})()`;

/** Elements that stick out of the page without a scrolling box around them. */
const STICKING_OUT = `[...document.querySelectorAll("main *, header *, .topbar *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 &&
    !element.closest(".scroll, nav, .unseen, svg"))
  .map((element) => element.outerHTML.slice(0, 120))`;

async function isSeen(page: Page, selector: string): Promise<boolean> {
  const box = await page.locator(selector).first().boundingBox();
  return box !== null && box.width > 0 && box.height > 0 && box.x >= 0 &&
    box.x < page.viewportSize()!.width;
}

browserTest("report opens from file:// without errors, requests or breaches", async (browser) => {
  for (const view of VIEWS) {
    for (const file of view.colorScheme === "light" ? FILES : FILES.slice(0, 1)) {
      await withReport(browser, { ...view, file }, async (page) => {
        assertEquals(await page.title(), "Depthbench: tiny · copy, recall, arithmetic, prose");
        assertEquals(await page.evaluate(STICKING_OUT), []);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        assertEquals(width, view.viewport.width, `${file} must not scroll sideways`);
        const path = new URL(
          `${file.slice(0, -5)}-${view.viewport.width}-${view.colorScheme}.png`,
          FOLDER,
        ).pathname;
        const picture = await page.screenshot({ path, fullPage: true });
        assert(picture.length > 40_000, `${path} is nearly empty`);
      });
    }
  }
});

browserTest("report shows answer, figures and tables at every width", async (browser) => {
  for (const view of VIEWS) {
    await withReport(browser, view, async (page) => {
      const { width } = view.viewport;
      const first = await page.locator(".answer .first").boundingBox();
      assert(first!.y < 400, "the answer comes first");
      for (
        const selector of [
          ".choice .gain",
          ".warnings li",
          "table.verdicts .says-faster .mark",
          "table.verdicts .is-below .mark",
          width > 900 ? "svg.pareto.wide" : "svg.pareto.narrow",
          "svg.waterfall .part-residual.red",
          "svg.stack",
          "svg.histogram",
          "svg.calibration",
          ".strip mark.t",
          "table.policies",
          "table.quality",
          "table.parity .unequal",
          ".card",
          ".methods dt",
          ".facts code",
        ]
      ) assert(await isSeen(page, selector), `${selector} at ${width}`);
      const hidden = width > 900 ? "svg.pareto.narrow" : "svg.pareto.wide";
      assert(!await page.locator(hidden).isVisible());
      assertEquals(await page.evaluate(FAINT_TEXTS), []);
    });
  }
});

browserTest("report strikes through what is below the gate", async (browser) => {
  await withReport(browser, { viewport: { width: 1400, height: 1000 } }, async (page) => {
    const lineOf = (selector: string) =>
      page.evaluate(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).textDecorationLine`,
      );
    for (const table of ["table.verdicts", "table.policies"]) {
      assertEquals(await lineOf(`${table} .is-below .arm-name`), "line-through");
      assertEquals(await lineOf(`${table} .is-sound .arm-name`), "none");
    }
    assertEquals(await lineOf("svg.pareto.wide .pareto-fail text"), "line-through");
    assertEquals(await lineOf("svg.pareto.wide .pareto-C text"), "none");
  });
});

browserTest("report styles its page although the policy forbids the rest", async (browser) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await withReport(browser, { colorScheme }, async (page) => {
      const paper = await page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor",
      );
      assertEquals(paper, colorScheme === "light" ? "rgb(252, 251, 248)" : "rgb(21, 23, 27)");
    });
  }
});

browserTest("report has no serious finding of axe-core", async (browser) => {
  for (const view of [VIEWS[1]!, VIEWS[2]!]) { // a dark phone, a light desk
    await withReport(browser, view, async (page) => {
      await page.evaluate(axe.source);
      await page.evaluate(
        "for (const each of document.querySelectorAll('details')) each.open = true",
      );
      const found = await page.evaluate(`axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`);
      assertEquals(found, []);
    });
  }
});

browserTest("report prints on paper, with what is folded on the screen", async (browser) => {
  await withReport(browser, { colorScheme: "dark" }, async (page) => {
    const pdf = await page.pdf({ format: "A4", landscape: true, printBackground: true });
    await Deno.writeFile(new URL("print.pdf", FOLDER), pdf);
    assert(pdf.length > 10_000);
    await page.emulateMedia({ media: "print" });
    assertEquals(
      await page.evaluate("getComputedStyle(document.documentElement).backgroundColor"),
      "rgb(252, 251, 248)",
    );
    assert(!await page.locator(".topbar").isVisible());
  });
});
