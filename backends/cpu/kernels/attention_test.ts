import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attendRow } from "./attention.ts";

/** One head of two dimensions at position 2, queries [1, 0]: the worked example of the fills. */
function attend(entries: readonly (readonly [number[], number[]] | undefined)[]): number[] {
  const keys = new Float32Array(6);
  const values = new Float32Array(6);
  const visible = new Int32Array(3);
  let count = 0;
  entries.forEach((entry, position) => {
    if (entry === undefined) return;
    keys.set(entry[0], 2 * position);
    values.set(entry[1], 2 * position);
    visible[count++] = position;
  });
  const out = new Float32Array(2);
  attendRow(out, {
    heads: 1,
    kvHeads: 1,
    headDim: 2,
    q: Float32Array.of(1, 0),
    at: 0,
    keys,
    values,
    visible,
    count,
    scores: new Float64Array(3),
    sums: new Float64Array(2),
  });
  return [...out];
}

const FIRST = [[1, 0], [1, 0]] as const;
const OWN = [[1, 1], [1, 1]] as const;

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-6));
}

Deno.test("attendRow() over a projected entry gives the worked example of project", () => {
  const entries = [FIRST, [[0, 1], [0, 1]], OWN].map(([k, v]) => [[...k!], [...v!]] as const);
  assertClose(attend(entries as [number[], number[]][]), [0.802224, 0.598888]);
});

Deno.test("attendRow() over a hole has one term fewer", () => {
  assertClose(attend([[[1, 0], [1, 0]], undefined, [[1, 1], [1, 1]]]), [1, 0.5]);
});

Deno.test("attendRow() over a copied entry gives the worked example of copy", () => {
  const copied: [number[], number[]] = [[2, 0], [0.5, 0.5]];
  assertClose(attend([[[1, 0], [1, 0]], copied, [[1, 1], [1, 1]]]), [0.748255, 0.5]);
});

Deno.test("attendRow() with the row alone returns its own value", () => {
  assertClose(attend([undefined, undefined, [[1, 1], [3, -7]]]), [3, -7]);
});

Deno.test("attendRow() lets neighbouring query heads share a key head", () => {
  const out = new Float32Array(4);
  attendRow(out, {
    heads: 4,
    kvHeads: 2,
    headDim: 1,
    q: Float32Array.of(0, 0, 0, 0),
    at: 0,
    keys: Float32Array.of(0, 0),
    values: Float32Array.of(5, 9),
    visible: Int32Array.of(0),
    count: 1,
    scores: new Float64Array(1),
    sums: new Float64Array(1),
  });
  assertEquals([...out], [5, 5, 9, 9]);
});
