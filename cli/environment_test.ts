import { assert, assertEquals } from "@std/assert";
import { readEnvironment } from "./environment.ts";

Deno.test("readEnvironment() names the machine, and no host, person or path", () => {
  const environment = readEnvironment();
  assert(environment.cores >= 1 && environment.clockStepMs > 0 && environment.clockCostMs > 0);
  assert(environment.runtime.includes(Deno.version.deno));
  assertEquals(
    Object.values(environment).filter((it) => typeof it === "string" && /[/\\]home|@/.test(it)),
    [],
  );
});
