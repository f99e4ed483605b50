import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError } from "../../harness/contract/errors.ts";
import { packagedSource } from "./_packaged.ts";
import { embeddedModels } from "./mod.ts";

Deno.test("embeddedModels are GGUF files of at most 8 MB together", async () => {
  let size = 0;
  for (const model of embeddedModels) {
    const source = await model.source();
    assertEquals(await source.read(0, 4), new TextEncoder().encode("GGUF"));
    size += source.size;
  }
  assert(size <= 8_000_000, `size ${size}`);
});

Deno.test("embeddedModels begin with the default of every command", () => {
  assertEquals(embeddedModels.map(({ name }) => name), ["tiny_exit", "tiny"]);
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
