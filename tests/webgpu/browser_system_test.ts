/**
 * The backend in a page: Chromium on SwiftShader makes the tokens that Deno makes on
 * this machine's adapter.
 *
 * Needs Debian's Chromium and a Vulkan driver.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { memorySource } from "../../mod.ts";
import { hasChromium, launchChromium, newPage, WEBGPU_FLAGS } from "../browser/chromium.ts";
import { buildSite, ISOLATION, serveSite } from "../browser/site.ts";
import { HAS_ADAPTER, NEEDS_ADAPTER } from "./adapter.ts";
import { type TextOutcome, textsOn, type TextTask } from "./texts.ts";

const NEEDS = hasChromium() ? NEEDS_ADAPTER : " [needs chromium]";
const MODEL = "llama_tied.gguf";
const TASK: TextTask = {
  prompt: "abc abc",
  policies: "full_depth, calm(threshold=0.5), unified_layer_skipping(ratio=1.5, spacing=even)",
  maxTokens: 24,
};

Deno.test({
  name: `a page makes on webgpu the tokens that Deno makes${NEEDS}`,
  ignore: !hasChromium() || !HAS_ADAPTER,
  sanitizeOps: false, // playwright keeps its pipe to the browser open until close() settles
  sanitizeResources: false,
  async fn() {
    const bytes = await Deno.readFile(new URL(`../testdata/${MODEL}`, import.meta.url));
    const here = await textsOn(memorySource(MODEL, bytes), TASK);
    await buildSite("tests/webgpu/page.ts");
    const site = serveSite(ISOLATION);
    const browser = await launchChromium(".tmp/browser/scratch", WEBGPU_FLAGS);
    try {
      const { page, faults } = await newPage(browser);
      await page.goto(site.url);
      await page.waitForFunction("globalThis.isReady");
      const call = `runHere("/${MODEL}", ${JSON.stringify(TASK)})`;
      const there = await page.evaluate<TextOutcome>(call);
      assertEquals(faults, []);
      assertEquals(there.texts, here.texts);
      assertEquals(there.memory.weightBytes, here.memory.weightBytes);
      assert(
        /swiftshader.*software: do not compare/i.test(there.features[0]!),
        `${there.features}`,
      );
      assert(new Set(there.texts.map(({ heights }) => heights.join())).size > 1);
    } finally {
      await browser.close();
      await site.close();
    }
  },
});
