import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../harness/contract/errors.ts";
import { findBackend } from "./open_backend.ts";

Deno.test("findBackend() gives the plugin of that name and refuses others", async () => {
  assertEquals((await findBackend("cpu")).name, "cpu");
  await assertRejects(() => findBackend("gpu"), UsageError, 'expected one of "cpu"');
});
