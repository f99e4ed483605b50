import { assertStrictEquals } from "@std/assert";
import { didYouMean, nearestName } from "./nearest_name.ts";

const NAMES = ["full_depth", "fixed_exit", "unified_layer_skipping", "calm"];

Deno.test("nearestName() finds a transposition, a dash and a wrong case", () => {
  assertStrictEquals(nearestName("clam", NAMES), "calm");
  assertStrictEquals(nearestName("rnu", ["list", "run"]), "run");
  assertStrictEquals(nearestName("Fixed-Exit", NAMES), "fixed_exit");
  assertStrictEquals(nearestName("unified_layer_skiping", NAMES), "unified_layer_skipping");
});

Deno.test("nearestName() gives nothing for a word that resembles none", () => {
  assertStrictEquals(nearestName("zzzzzzzz", NAMES), undefined);
  assertStrictEquals(nearestName("calm", []), undefined);
});

Deno.test("didYouMean() lists the names when none is near", () => {
  assertStrictEquals(didYouMean("qqqqqqq", ["a", "b"]), 'expected one of "a", "b"');
});
