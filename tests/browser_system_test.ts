/**
 * The library in a page: the same tokens as in Deno, on every backend that
 * browsers have, with shared memory (cross-origin isolated) and without.
 *
 * Needs Debian's Chromium.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Browser } from "playwright-core";
import { embeddedModels, memorySource } from "../mod.ts";
import { hasChromium, launchChromium, newPage } from "./browser/chromium.ts";
import { MAX_TOKENS, type Outcome, outcomesOf } from "./browser/outcomes.ts";
import type { PageOutcome, PageTask } from "./browser/page.ts";
import { buildSite, BUNDLE, ISOLATION, PACKAGED, serveSite } from "./browser/site.ts";

/** What this machine lacks, as names of ignored tests say it. */
const NEEDS = hasChromium() ? "" : " [needs chromium]";
const NEEDS_TINY = exists("../models/embedded/tiny_exit.gguf")
  ? ""
  : " [needs models/embedded/tiny_exit.gguf]";
if (NEEDS === "") await buildSite();

/** Two models: one fetched by the page, one that comes with the package. */
const TASKS: Readonly<Record<string, PageTask>> = {
  "llama_tied.gguf": {
    model: "/llama_tied.gguf",
    prompt: "abc abc",
    policies: "full_depth, calm(threshold=0.5), unified_layer_skipping(ratio=1.5, spacing=even)",
  },
  "the embedded model": {
    prompt: "The state of the Union is",
    policies: "full_depth, calm(threshold=0.5), unified_layer_skipping(ratio=2)",
  },
};

/** Threads asked for where they can be had. */
const THREADS = 2;

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, import.meta.url)).isFile;
  } catch {
    return false;
  }
}

async function inDeno({ model, ...task }: PageTask): Promise<readonly Outcome[]> {
  const source = model === undefined
    ? await embeddedModels[0]!.source()
    : memorySource(model, await Deno.readFile(new URL(`testdata${model}`, import.meta.url)));
  return await outcomesOf(source, task);
}

/** Runs a task in a new page; fails when the page does what it should not. */
async function inPage(
  browser: Browser,
  { task, headers, call }: {
    readonly task: PageTask;
    readonly headers: Readonly<Record<string, string>>;
    readonly call: "runHere" | "runInWorker";
  },
): Promise<PageOutcome> {
  const site = serveSite(headers);
  const { page, faults, requests } = await newPage(browser);
  try {
    await page.goto(site.url);
    await page.waitForFunction("globalThis.isReady");
    const outcome = await page.evaluate<PageOutcome>(`${call}(${JSON.stringify(task)})`);
    assertEquals(faults, []);
    assert(requests.some((path) => path.endsWith(".wasm")), `it asked for ${requests}`);
    return outcome;
  } finally {
    await page.close();
    await site.close();
  }
}

/** Thread counts that sessions report, by arm. */
function threadsOf(outcomes: readonly Outcome[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    outcomes.map(({ arm, features }) => [arm, features.find((it) => /\bthreads?\b/.test(it))]),
  );
}

/** Outcomes without what threads change. */
function textsOf(outcomes: readonly Outcome[]) {
  return outcomes.map(({ arm, features, texts }) => ({
    arm,
    features: features.filter((it) => !/\bthreads?\b/.test(it)),
    texts,
  }));
}

function systemTest(
  name: string,
  { needs, use }: { readonly needs: string; readonly use: (browser: Browser) => Promise<void> },
): void {
  Deno.test({
    name: name + needs,
    ignore: needs !== "",
    sanitizeOps: false, // playwright keeps its pipe to the browser open until close() settles
    sanitizeResources: false,
    async fn() {
      const browser = await launchChromium(".tmp/browser/scratch");
      try {
        await use(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

for (const [name, task] of Object.entries(TASKS)) {
  const needs = NEEDS || (task.model === undefined ? NEEDS_TINY : "");
  systemTest(
    `a cross-origin isolated page makes of ${name} the tokens and threads that Deno makes`,
    {
      needs,
      use: async (browser) => {
        const threaded = { ...task, threads: THREADS };
        const expected = await inDeno(threaded);
        for (const call of ["runHere", "runInWorker"] as const) {
          const { isolated, outcomes } = await inPage(browser, {
            task: threaded,
            headers: ISOLATION,
            call,
          });
          assertEquals(isolated, true);
          assertEquals(outcomes, expected, call);
        }
      },
    },
  );

  systemTest(
    `a page without isolation makes of ${name} the tokens that Deno makes, on one thread`,
    {
      needs,
      use: async (browser) => {
        const expected = await inDeno(task);
        for (const call of ["runHere", "runInWorker"] as const) {
          const { isolated, outcomes } = await inPage(browser, { task, headers: {}, call });
          assertEquals(isolated, false);
          assertEquals(textsOf(outcomes), textsOf(expected), call);
          for (const [arm, threads] of Object.entries(threadsOf(outcomes))) {
            assertStringIncludes(threads ?? "", "1 thread", arm);
          }
        }
      },
    },
  );
}

for (const [name, task] of Object.entries(TASKS)) {
  const needs = task.model === undefined ? NEEDS_TINY : "";
  Deno.test({
    name: `the texts of ${name} exercise every policy and backend${needs}`,
    ignore: needs !== "",
    async fn() {
      const outcomes = await inDeno(task);
      assertEquals(outcomes.length, 4);
      for (const { arm, texts } of outcomes) {
        const [full, calm, skipping] = texts;
        assert(texts.every(({ tokens }) => tokens.length === MAX_TOKENS), arm);
        assert(new Set(calm!.heights).size > 1, `calm never acts on ${arm}`);
        assert(skipping!.blocksRun.at(-1)! < full!.blocksRun.at(-1)!, arm);
      }
    },
  });
}

Deno.test("docs/browser.md lays out the site and names the headers that the tests use", async () => {
  const text = await Deno.readTextFile(new URL("../docs/browser.md", import.meta.url));
  const headers = Object.entries(ISOLATION).map(([name, value]) => `${name}: ${value}`);
  const wanted = ["--platform=browser", ...PACKAGED.flat(), BUNDLE, ...headers];
  for (const each of wanted) assertStringIncludes(text, each);
});
