import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError } from "../../harness/contract/errors.ts";
import { packagedSource } from "./_packaged.ts";
import { embeddedModels, tinySource } from "./mod.ts";

Deno.test("tinySource() is a GGUF file of at most 3 MB", async () => {
  const source = await tinySource();
  assertEquals(await source.read(0, 4), new TextEncoder().encode("GGUF"));
  assert(source.size <= 3_000_000, `size ${source.size}`);
});

Deno.test("embeddedModels are named differently and open", async () => {
  assertStrictEquals(new Set(embeddedModels.map((m) => m.name)).size, embeddedModels.length);
  for (const { name, source } of embeddedModels) {
    assertStrictEquals((await source()).name, `${name}.gguf`);
  }
});

Deno.test("packagedSource() says which model is missing", async () => {
  const url = new URL("./absent.gguf", import.meta.url);
  await assertRejects(() => packagedSource("absent.gguf", url), InputError, "absent.gguf");
});
