import { assert, assertEquals } from "@std/assert";
import { fileOf } from "./page_server.ts";

Deno.test("fileOf() serves the page, the model and the package's code", () => {
  assertEquals(fileOf("/model.gguf", "/m.gguf"), "/m.gguf");
  for (const path of ["/", "/wllama_page.js", "/wllama/index.js", "/wllama/wasm/wllama.wasm"]) {
    assert(fileOf(path, "") instanceof URL, path);
  }
});

Deno.test("fileOf() serves nothing else", () => {
  for (
    const path of [
      "/wllama/../index.js",
      "/wllama/..%2findex.js",
      "/wllama/a..b.js",
      "/wllama/package.json",
      "/etc/passwd",
      "/wllama//x.js",
    ]
  ) {
    assertEquals(fileOf(path, ""), undefined, path);
  }
});
