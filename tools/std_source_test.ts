import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pointStdAt } from "./std_source.ts";

const DENO_JSON = await Deno.readTextFile(new URL("../deno.json", import.meta.url));

/** The import map of a deno.json. */
function imports(denoJson: string): Record<string, string> {
  return JSON.parse(denoJson).imports;
}

Deno.test("pointStdAt() leads every @std entry to JSR and nothing else", () => {
  const before = imports(DENO_JSON);
  const after = imports(pointStdAt("jsr", DENO_JSON));
  assertEquals(after["@std/assert"], "jsr:@std/assert@1");
  assertEquals(after["@std/fmt/bytes"], "jsr:@std/fmt@1/bytes");
  assertEquals(Object.keys(after), Object.keys(before));
  for (const [name, target] of Object.entries(after)) {
    if (name.startsWith("@std/")) assertStringIncludes(target, "jsr:");
    else assertEquals(target, before[name]);
  }
});

Deno.test("pointStdAt() comes back to doors that exist", () => {
  const back = pointStdAt("npm", pointStdAt("jsr", DENO_JSON));
  assertEquals(pointStdAt("npm", DENO_JSON), back);
  for (const [name, target] of Object.entries(imports(back))) {
    if (!name.startsWith("@std/")) continue;
    assert(Deno.statSync(new URL(`../${target}`, import.meta.url)).isFile, target);
  }
});
