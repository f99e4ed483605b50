import { assertStrictEquals } from "@std/assert";
import { colorByHeight } from "./exit_color.ts";

Deno.test("colorByHeight() goes from green to red and leaves full depth alone", () => {
  const at = (height: number) => colorByHeight("a", { height, layerCount: 12 });
  assertStrictEquals(at(0), "\x1b[38;5;46ma\x1b[39m");
  assertStrictEquals(at(11), "\x1b[38;5;202ma\x1b[39m");
  assertStrictEquals(at(12), "a");
  assertStrictEquals(colorByHeight("", { height: 1, layerCount: 12 }), "");
});
