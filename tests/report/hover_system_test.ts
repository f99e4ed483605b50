/**
 * What the report tells when it is pointed at, by mouse and by keyboard, and what
 * is there for those who let no script run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { html } from "../../reports/html.ts";
import { SUMMARY } from "../../reports/testdata/summary.ts";
import { browserTest, withReport, writeReport } from "./_browser.ts";

await writeReport("full.html", await html.render(SUMMARY));

const STRIP = ".sample.suite-1 .output.arm-2 .strip";

/** Lines of the panel, or nothing when it is hidden. */
async function detailsOf(page: Page): Promise<readonly string[]> {
  const panel = page.locator("#details-panel");
  return await panel.isVisible() ? await panel.locator("> *").allTextContents() : [];
}

function focused(page: Page): Promise<unknown> {
  return page.evaluate("document.activeElement.textContent");
}

browserTest("hovering a token tells its height and signals", async (browser) => {
  for (const width of [400, 1400]) {
    await withReport(browser, { viewport: { width, height: 900 } }, async (page) => {
      assertEquals(await detailsOf(page), []);
      const token = page.locator(`${STRIP} .t`).nth(1);
      await token.hover();
      assertEquals(await detailsOf(page), [
        "·v",
        "height 5 of 12, 5 blocks run",
        "margin 0.934 at height 5",
      ]);
      assertEquals(await token.getAttribute("title"), null); // or the browser would show it, too
      const box = await page.locator("#details-panel").boundingBox();
      assert(box!.x >= 0 && box!.x + box!.width <= width, "the panel stays on the page");
      await page.mouse.move(2, 2);
      assertEquals(await detailsOf(page), []);
      await token.hover();
      assertEquals((await detailsOf(page)).length, 3); // the text is kept
    });
  }
});

browserTest("a strip is one tab stop, and arrow keys move inside it", async (browser) => {
  await withReport(browser, { viewport: { width: 1400, height: 900 } }, async (page) => {
    await page.locator(`${STRIP} .t`).first().focus();
    assertEquals((await detailsOf(page))[0], "·k");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assertEquals(await focused(page), "·a");
    assertEquals(await detailsOf(page), [
      "·a",
      "height 6 of 12, 6 blocks run",
      "margin 0.934 at height 6",
    ]);
    assertEquals(
      await page.evaluate("document.activeElement.getAttribute('aria-describedby')"),
      "details-panel",
    );
    await page.keyboard.press("ArrowLeft");
    assertEquals(await focused(page), "·v");
    await page.keyboard.press("End");
    assertEquals(await focused(page), "·w");
    await page.keyboard.press("ArrowRight"); // there is nothing beyond
    assertEquals(await focused(page), "·w");
    await page.keyboard.press("Escape");
    assertEquals(await detailsOf(page), []);
    await page.keyboard.press("Tab"); // the next strip, not the next token
    assertEquals(
      await page.evaluate("document.activeElement.closest('.output').className"),
      "output arm-3 hue-2",
    );
  });
});

browserTest("points of the plot are links that tell their numbers", async (browser) => {
  await withReport(browser, { viewport: { width: 1400, height: 900 } }, async (page) => {
    const point = page.locator("svg.pareto.wide a.point.arm-2");
    await point.focus();
    const told = [
      "calm(measure=softmax,threshold=0.9)",
      "measured speed-up 1.21× [1.18, 1.24]",
      "quality 0.990 [0.978, 1.002], class C",
    ];
    assertEquals(await detailsOf(page), told);
    await page.mouse.move(2, 2);
    await page.evaluate("document.activeElement.blur()");
    assertEquals(await detailsOf(page), []);
    await point.hover();
    assertEquals(await detailsOf(page), told);
    await point.click();
    assertEquals(await page.evaluate("location.hash"), "#verdict-2");
    assert(await page.locator("#verdict-2").isVisible());
  });
});

browserTest(
  "without scripts details are titles, and a table opens by keyboard",
  async (browser) => {
    await withReport(browser, { javaScriptEnabled: false }, async (page) => {
      const token = page.locator(`${STRIP} .t`).nth(1);
      assertEquals(
        await token.getAttribute("title"),
        "·v\nheight 5 of 12, 5 blocks run\nmargin 0.934 at height 5",
      );
      const table = page.locator(".sample.suite-1 .numbers table");
      assert(!await table.isVisible());
      await page.locator(".sample.suite-1 .numbers > summary").focus();
      await page.keyboard.press("Enter");
      assert(await table.isVisible());
      const cells = await table.locator("tbody tr").nth(1).locator("td").allTextContents();
      assertEquals(cells[1], "·v 5margin 0.934");
      assert(await page.locator(".answer .first").isVisible());
      assert(await page.locator("svg.histogram").first().isVisible());
      assert(!await page.locator("#details-panel").isVisible());
    });
  },
);
