import { assertAlmostEquals, assertThrows } from "@std/assert";
import { studentTHalfWidth, studentTWithin } from "./student_t.ts";

Deno.test("studentTHalfWidth() gives the printed 95 % table", () => {
  const table: readonly (readonly [number, number])[] = [
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [7, 2.36462],
    [10, 2.22814],
    [19, 2.09302],
    [30, 2.04227],
    [120, 1.97993],
  ];
  for (const [degrees, t] of table) {
    assertAlmostEquals(studentTHalfWidth(0.95, degrees), t, 6e-5, `degrees ${degrees}`);
  }
});

Deno.test("studentTHalfWidth() tends to the normal quantile", () => {
  assertAlmostEquals(studentTHalfWidth(0.95, 100_000), 1.959964, 3e-5);
  assertAlmostEquals(studentTHalfWidth(0.99, 5), 4.03214, 1e-5);
});

Deno.test("studentTWithin() is 0 at 0 and tends to 1", () => {
  for (const degrees of [1, 2, 3, 8]) {
    assertAlmostEquals(studentTWithin(0, degrees), 0, 1e-15);
    assertAlmostEquals(studentTWithin(1e9, degrees), 1, 1e-8);
  }
});

Deno.test("studentTHalfWidth() refuses levels and degrees without meaning", () => {
  assertThrows(() => studentTHalfWidth(1, 5), RangeError);
  assertThrows(() => studentTHalfWidth(0.95, 0), RangeError);
  assertThrows(() => studentTHalfWidth(0.95, 2.5), RangeError);
});
