/** What is committed in wasm/lib: small, unedited, built from the sources beside it. */
import { assert, assertEquals } from "@std/assert";
import { generatedFindings } from "../tools/check_generated.ts";
import { LIB, VARIANTS } from "../tools/wasm_sources.ts";

/** Largest module in bytes; a page loads one. */
const LARGEST = 400_000;

Deno.test("wasm/lib is what its sources give", async () => {
  assertEquals(await generatedFindings(), []);
});

for (const { name } of VARIANTS) {
  Deno.test(`wasm/lib/${name}_bg.wasm stays below ${LARGEST} bytes`, async () => {
    const { size } = await Deno.stat(new URL(`${name}_bg.wasm`, LIB));
    assert(size < LARGEST, `${size} bytes`);
  });
}
