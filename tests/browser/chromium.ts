/**
 * Debian's Chromium, driven by playwright-core, and what a page in it did.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";
/** The same with WebGPU on the CPU. */
export const WEBGPU_FLAGS: string = FLAGS
  .replace("--headless ", "--headless=new ")
  .replace("--disable-gpu ", "--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader ");
/** Longest time that one call into a page may take, ms. */
const LIMIT_MS = 50_000;

/** Whether the browser is there. */
export function hasChromium(): boolean {
  try {
    return Deno.statSync(EXECUTABLE).isFile;
  } catch {
    return false;
  }
}

/** Starts the browser with its scratch in a folder of the repository. */
export async function launchChromium(folder: string, flags: string = FLAGS): Promise<Browser> {
  const scratch = new URL(`../../${folder}`, import.meta.url);
  await Deno.mkdir(scratch, { recursive: true });
  Deno.env.set("__IS_WSL_TEST__", "1"); // or playwright looks into /proc, which Deno forbids
  Deno.env.set("TMPDIR", scratch.pathname);
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: EXECUTABLE, args: flags.split(" ") });
}

/** Opens an empty page and collects what it should not do, and what it asks for. */
export async function newPage(browser: Browser): Promise<{
  readonly page: Page;
  readonly faults: readonly string[];
  readonly requests: readonly string[];
}> {
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  const faults: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => faults.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    requests.push(new URL(response.url()).pathname);
    if (!response.ok()) faults.push(`status ${response.status()}: ${response.url()}`);
  });
  return { page, faults, requests };
}
