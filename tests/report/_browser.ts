/**
 * Reports in a real browser, from `file://`: whatever a page should not do is
 * collected while it is used, and fails the test at the end.
 *
 * Needs Debian's Chromium; without it the tests are skipped, but in CI they fail.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath as fromFileUrl } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";

/** Where reports and screenshots go. */
export const FOLDER: URL = new URL("../../.tmp/report/", import.meta.url);

/** Every width and scheme that the report must be readable at. */
export const VIEWS: readonly {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
}[] = [400, 1400].flatMap((width) =>
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

/** Collects whatever a page should not do. Breaches of its policy arrive as console errors. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
  page.on("download", (download) => faults.push(`download: ${download.url()}`));
  page.on("popup", (popup) => faults.push(`popup: ${popup.url()}`));
  page.on("request", (request) => {
    if (request.url() !== page.url() && !request.isNavigationRequest()) {
      faults.push(`request: ${request.url()}`);
    }
  });
  page.on("framenavigated", (frame) => {
    if (!/^(?:about:blank$|file:)/.test(frame.url())) faults.push(`left for: ${frame.url()}`);
  });
  return faults;
}

/** A report and how it is looked at. */
export interface ReportVisit extends BrowserContextOptions {
  /** File in {@linkcode FOLDER}; `full.html` when absent. */
  readonly file?: string;
}

/** Opens a report and hands it over; fails when it did what it should not. */
export async function withReport(
  browser: Browser,
  { file = "full.html", ...options }: ReportVisit,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const faults = watch(page);
    await page.goto(new URL(file, FOLDER).href);
    await use(page);
    assertEquals(faults, []);
  } finally {
    await context.close();
  }
}

/** Writes a report where {@linkcode withReport} finds it. */
export async function writeReport(file: string, text: string): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(new URL(file, FOLDER), text);
}

/** A test with a browser. */
export function browserTest(name: string, use: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name: REASON === undefined ? name : `${name} [needs chromium]`,
    ignore: REASON !== undefined,
    sanitizeOps: false, // playwright keeps its pipe to the browser open until close() settles
    sanitizeResources: false,
    async fn() {
      await Deno.mkdir(FOLDER, { recursive: true });
      const browser = await launch();
      try {
        await use(browser);
      } finally {
        await browser.close();
      }
    },
  });
}
