/**
 * The HTML report in a real browser, from `file://`: no error, no request, no
 * breach of its content security policy, no serious finding of axe-core, no
 * sideways scrolling, and filters that work with scripts off. Screenshots of
 * every width and colour scheme lie in `.tmp/report/` afterwards.
 *
 * Needs Debian's Chromium; without it the tests are skipped, but in CI they fail.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath as fromFileUrl } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { html } from "../reports/html.ts";
import { BARE_SUMMARY, SUMMARY } from "../reports/testdata/summary.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";
const FOLDER = new URL("../.tmp/report/", import.meta.url);

/** Every width and scheme that the report must be readable at. */
const VIEWS = [400, 1400].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({
    viewport: { width, height: 1000 },
    colorScheme,
  }))
);

async function missingReason(): Promise<string | undefined> {
  try {
    await Deno.stat(CHROMIUM);
    return undefined;
  } catch {
    if (Deno.env.get("CI")) return undefined; // let the launch fail
    return `Skipped: no browser at "${CHROMIUM}": run apt-get install chromium`;
  }
}

const REASON = await missingReason();
// deno-lint-ignore no-console
if (REASON !== undefined) console.warn(REASON);

/** Starts the browser. */
async function launch(): Promise<Browser> {
  Deno.env.set("__IS_WSL_TEST__", "1"); // or playwright's is-wsl looks into /proc, which Deno forbids without -A
  Deno.env.set("TMPDIR", fromFileUrl(FOLDER)); // its scratch stays where this test may write
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
}

/** Collects whatever a page should not do. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url() !== page.url() && !request.isNavigationRequest()) {
      faults.push(`request: ${request.url()}`);
    }
  });
  return faults;
}

/** Opens the report and hands it over; fails when it did what it should not. */
async function withReport(
  browser: Browser,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const faults = watch(page);
    await page.goto(new URL("full.html", FOLDER).href);
    await use(page);
    assertEquals(faults, []);
  } finally {
    await context.close();
  }
}

function systemTest(name: string, use: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ignore: REASON !== undefined,
    sanitizeOps: false, // playwright keeps its pipe to the browser open until close() settles
    sanitizeResources: false,
    async fn() {
      await Deno.mkdir(FOLDER, { recursive: true });
      await Deno.writeTextFile(new URL("full.html", FOLDER), await html.render(SUMMARY));
      await Deno.writeTextFile(new URL("bare.html", FOLDER), await html.render(BARE_SUMMARY));
      const browser = await launch();
      try {
        await use(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

systemTest("report opens from file:// without errors, requests or breaches", async (browser) => {
  for (const view of VIEWS) {
    await withReport(browser, view, async (page) => {
      assertEquals(await page.title(), "Depthbench: tiny · copy, recall, arithmetic, prose");
      const width = await page.evaluate("document.documentElement.scrollWidth");
      assertEquals(width, view.viewport.width, "the page must not scroll sideways");
      const path = new URL(`${view.viewport.width}-${view.colorScheme}.png`, FOLDER).pathname;
      await page.screenshot({ path, fullPage: true });
    });
  }
});

systemTest(
  "report styles its page although the policy forbids everything else",
  async (browser) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await withReport(browser, { colorScheme }, async (page) => {
        const paper = await page.evaluate(
          "getComputedStyle(document.documentElement).backgroundColor",
        );
        assertEquals(paper, colorScheme === "light" ? "rgb(252, 251, 248)" : "rgb(21, 23, 27)");
      });
    }
  },
);

systemTest("report has no serious finding of axe-core", async (browser) => {
  for (const view of VIEWS) {
    await withReport(browser, view, async (page) => {
      await page.evaluate(axe.source);
      const found = await page.evaluate(`axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`);
      assertEquals(found, []);
    });
  }
});

systemTest("report filters arms and suites with scripts off", async (browser) => {
  await withReport(browser, { javaScriptEnabled: false }, async (page) => {
    await page.locator("details.filter > summary").click();
    const row = page.locator("table.policies .arm-2");
    const sample = page.locator(".sample.suite-1");
    assert(await row.isVisible() && await sample.isVisible());
    await page.locator("#show-arm-2").uncheck();
    await page.locator("#show-suite-1").uncheck();
    assert(!await row.isVisible() && !await sample.isVisible());
    assert(await page.locator("table.policies .arm-3").isVisible());
    assert(await page.locator(".sample.suite-4").isVisible());
  });
});

systemTest("report prints on paper", async (browser) => {
  await withReport(browser, { colorScheme: "dark" }, async (page) => {
    const pdf = await page.pdf({ format: "A4", landscape: true, printBackground: true });
    await Deno.writeFile(new URL("print.pdf", FOLDER), pdf);
    assert(pdf.length > 10_000);
  });
});
