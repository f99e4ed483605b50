import { assertEquals } from "@std/assert";
import { NODE_LLAMA_CPP, peerPackages, WLLAMA } from "./install.ts";

Deno.test("peerPackages() takes the binaries of the platform only", () => {
  assertEquals(peerPackages("linux x86_64"), [
    ["node-llama-cpp", NODE_LLAMA_CPP],
    ["@node-llama-cpp/linux-x64", NODE_LLAMA_CPP],
    ["@wllama/wllama", WLLAMA],
  ]);
  assertEquals(peerPackages("plan9 vax").map(([name]) => name), [
    "node-llama-cpp",
    "@wllama/wllama",
  ]);
});
