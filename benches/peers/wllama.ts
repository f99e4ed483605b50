/**
 * wllama as a peer: llama.cpp as WebAssembly in Chromium, on a cross-origin
 * isolated page from 127.0.0.1.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { UnsupportedError } from "../../harness/contract/errors.ts";
import { WLLAMA } from "./install.ts";
import type { Measure, Peer, PeerTask } from "./measure.ts";
import { servePage } from "./page_server.ts";

/** Debian's browser. */
export const CHROMIUM = "/usr/bin/chromium";
const FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";
/** Longest time that one call may take, ms. */
const LIMIT_MS = 300_000;

const hello = z.object({ isolated: z.boolean(), version: z.string(), threads: z.number() });
const completion = z.object({
  text: z.string(),
  timings: z.object({
    prompt_n: z.number(),
    prompt_ms: z.number(),
    predicted_n: z.number(),
    predicted_ms: z.number(),
  }),
});

/** A completion asked of the page. */
interface Completion {
  readonly text: string;
  readonly count: number;
  readonly cached: boolean;
}

/** Starts Chromium. Rejects with `UnsupportedError` when there is none. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  if (!await Deno.stat(executablePath).then(({ isFile }) => isFile, () => false)) {
    throw new UnsupportedError(
      `Cannot run wllama: expected a browser at "${executablePath}": install chromium or pass --chromium`,
    );
  }
  const scratch = fileURLToPath(new URL("../../.tmp/peers", import.meta.url));
  await Deno.mkdir(scratch, { recursive: true });
  Deno.env.set("__IS_WSL_TEST__", "1"); // or playwright looks into /proc, which Deno forbids
  Deno.env.set("TMPDIR", scratch);
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath, args: FLAGS.split(" ") });
}

/** Opens a page that runs wllama with the task's threads. */
export async function openWllama(
  task: PeerTask,
  { browser, name }: { readonly browser: Browser; readonly name: string },
): Promise<Peer> {
  const server = servePage(task.modelPath);
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(server.url);
  await page.waitForFunction("globalThis.peerIsReady");
  const { threads, context } = task;
  const { isolated, version, threads: used } = hello.parse(
    await page.evaluate(`openPeer(${JSON.stringify({ threads, context })})`),
  );
  const complete = (request: Completion) => callPage(page, request);
  const prompt = task.prompts[97];
  /** Whether wllama's cache begins with the 97-token prompt. */
  let cached = false;
  return {
    name,
    details: [
      `wllama ${WLLAMA}, llama.cpp ${version}, ${used} thread(s), ` +
      `${isolated ? "cross-origin isolated" : "not isolated"}; ` +
      `Chromium ${browser.version()}; times are llama.cpp's own, its sampling of each token included; ` +
      "its API evaluates no rows of choice",
    ],
    async measure(measure: Measure): Promise<number | undefined> {
      if (measure.kind === "rows") return undefined;
      if (measure.kind === "prefill") {
        const { tokens, text } = task.prompts[measure.count];
        const { timings } = await complete({ text, count: 1, cached: false });
        cached = measure.count === 97;
        checkLength(timings.prompt_n, tokens.length);
        return timings.prompt_ms;
      }
      const count = task.forced.length + 1; // the first comes from the prompt
      const { timings } = await complete({ text: prompt.text, count, cached });
      cached = true;
      return timings.predicted_ms / (timings.predicted_n - 1);
    },
    async continuation(count) {
      return (await complete({ text: prompt.text, count, cached })).text;
    },
    async close() {
      await page.close();
      await server.close();
    },
  };
}

async function callPage(page: Page, request: Completion) {
  return completion.parse(await page.evaluate(`complete(${JSON.stringify(request)})`));
}

function checkLength(actual: number, expected: number): void {
  if (actual === expected) return;
  throw new UnsupportedError(
    `Cannot compare with wllama: expected it to see ${expected} tokens of the prompt: it saw ${actual}`,
  );
}
