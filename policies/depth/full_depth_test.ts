import { assertEquals } from "@std/assert";
import { pointOf } from "../../harness/conformance/policy_samples.ts";
import { fullDepth, planFullDepth } from "./full_depth.ts";

Deno.test("planFullDepth() runs every block once, in order", () => {
  for (const layerCount of [1, 2, 12, 30]) {
    assertEquals(
      planFullDepth(pointOf(layerCount)).map(({ block, part }) => `${block}${part}`),
      Array.from({ length: layerCount }, (_, block) => `${block}block`),
    );
  }
});

Deno.test("fullDepth takes no options and owes no entries", () => {
  assertEquals(Object.keys(fullDepth.options), []);
  assertEquals(fullDepth.defaultFill({}), "none");
  assertEquals(fullDepth.actsOnPrompt, undefined);
});
