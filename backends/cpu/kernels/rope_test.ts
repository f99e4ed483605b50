import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ropeTable, rotate } from "./rope.ts";

function turned(pairing: "adjacent" | "halves", dimensions: number, position: number): number[] {
  const x = Float32Array.of(1, 2, 3, 4);
  const table = ropeTable({ base: 10_000, dimensions, pairing }, position + 1);
  rotate(x, table, { at: 0, heads: 1, headDim: 4, position });
  return [...x];
}

Deno.test("rotate() at position 0 changes nothing", () => {
  assertEquals(turned("adjacent", 4, 0), [1, 2, 3, 4]);
});

Deno.test("rotate() turns pairs by position · base^(−2i / dimensions)", () => {
  // Angles at position 3 with base 10,000 and four dimensions: 3 and 0.03.
  const turn = (a: number, b: number, angle: number) => [
    a * Math.cos(angle) - b * Math.sin(angle),
    a * Math.sin(angle) + b * Math.cos(angle),
  ];
  const [a, b] = turn(1, 2, 3);
  const [c, d] = turn(3, 4, 0.03);
  turned("adjacent", 4, 3).forEach((v, i) => assertAlmostEquals(v, [a, b, c, d][i]!, 1e-6));
  const [e, f] = turn(1, 3, 3);
  const [g, h] = turn(2, 4, 0.03);
  turned("halves", 4, 3).forEach((v, i) => assertAlmostEquals(v, [e, g, f, h][i]!, 1e-6));
});

Deno.test("rotate() leaves dimensions beyond the rotated ones as they are", () => {
  assertEquals(turned("adjacent", 2, 3).slice(2), [3, 4]);
});
