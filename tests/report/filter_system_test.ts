/**
 * The report's filter: check boxes work with scripts off; the script adds a
 * search, a count and a way back.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { html } from "../../reports/html.ts";
import { SUMMARY } from "../../reports/testdata/summary.ts";
import { browserTest, withReport, writeReport } from "./_browser.ts";

await writeReport("full.html", await html.render(SUMMARY));

const WIDE = { viewport: { width: 1400, height: 1000 } } as const;

/** Numbers of the arms of which a section shows all parts; fails where it shows some. */
async function shownArms(page: Page, section: string): Promise<readonly number[]> {
  const shown: number[] = [];
  for (let arm = 1; arm <= SUMMARY.arms.length; arm++) {
    const displays = await page.evaluate(
      `[...document.querySelectorAll("${section} .arm-${arm}")]
        .map((part) => getComputedStyle(part).display !== "none")`,
    ) as readonly boolean[];
    if (displays.length === 0) continue;
    assertEquals(new Set(displays).size, 1, `arm ${arm} is shown in part in ${section}`);
    if (displays[0]) shown.push(arm);
  }
  return shown;
}

async function openFilter(page: Page): Promise<void> {
  await page.locator("#filter > summary").click();
}

for (const javaScriptEnabled of [false, true]) {
  const how = `with scripts ${javaScriptEnabled ? "on" : "off"}`;
  browserTest(`the filter hides policies, suites and classes ${how}`, async (browser) => {
    await withReport(browser, { ...WIDE, javaScriptEnabled }, async (page) => {
      await openFilter(page);
      assertEquals(await shownArms(page, "table.verdicts"), [1, 2, 3, 4, 5, 6, 7]);
      assertEquals(await shownArms(page, "svg.pareto.wide"), [1, 2, 3, 4, 5]);
      await page.locator("#show-arm-2").uncheck();
      await page.locator("#show-class-fail").uncheck();
      for (const section of ["table.verdicts", "table.policies"]) {
        assertEquals(await shownArms(page, section), [1, 3, 6, 7]);
      }
      assertEquals(await shownArms(page, "svg.pareto.wide"), [1, 3]);
      assertEquals(await shownArms(page, ".cards"), [1, 3, 6, 7]);
      assertEquals(await shownArms(page, ".sample.suite-1 .outputs"), [1, 3]);
      await page.locator("#show-class-fail").check();
      assertEquals(await shownArms(page, "table.verdicts"), [1, 3, 4, 5, 6, 7]);

      const suite = ["table.quality .suite-1", ".sample.suite-1", "table.verdicts .marks .suite-1"];
      for (const each of suite) assert(await page.locator(`${each}:visible`).count() > 0, each);
      await page.locator("#show-suite-1").uncheck();
      for (const each of suite) assertEquals(await page.locator(`${each}:visible`).count(), 0);
      assert(await page.locator(".sample.suite-4").isVisible());
    });
  });
}

browserTest(
  "the filter finds policies by name, counts, and shows everything again",
  async (browser) => {
    await withReport(browser, WIDE, async (page) => {
      await openFilter(page);
      const count = page.locator("#filter-count");
      assertEquals(await count.textContent(), "");
      await page.locator("#filter-search").fill("CALM");
      assertEquals(await shownArms(page, "table.verdicts"), [1, 2, 3]); // full depth stays
      assertEquals(await count.textContent(), "— 3 of 7 policies shown");
      await page.locator("#show-arm-2").uncheck();
      assertEquals(await count.textContent(), "— 2 of 7 policies shown");
      await page.locator("#filter button").click();
      assertEquals(await shownArms(page, "table.verdicts"), [1, 2, 3, 4, 5, 6, 7]);
      assertEquals(await page.locator("#filter-search").inputValue(), "");
      assertEquals(await count.textContent(), "");
    });
  },
);

browserTest("the filter works by keyboard on a phone", async (browser) => {
  await withReport(browser, { viewport: { width: 400, height: 900 } }, async (page) => {
    await page.locator("#filter > summary").focus();
    await page.keyboard.press("Enter");
    await page.locator("#show-arm-4").focus();
    await page.keyboard.press("Space");
    assertEquals(await shownArms(page, "table.verdicts"), [1, 2, 3, 5, 6, 7]);
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 400);
  });
});
