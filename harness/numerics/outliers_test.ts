import { assertEquals } from "@std/assert";
import { countOutliers } from "./outliers.ts";

Deno.test("countOutliers() applies both rules at their limits", () => {
  // 0..8: median 4, deviation 2, quartiles 2 and 6, fences 12 and 18 above.
  const base = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  assertEquals(countOutliers(base), { mad: 0, mild: 0, extreme: 0 });
  // Nine more values in the middle keep the quartiles at 3 and 5: fences 8 and 11, −0 and −3.
  const centred = [...base, 3, 3, 4, 4, 4, 5, 5, 4, 4];
  assertEquals(countOutliers([...centred, 8.5]), { mad: 0, mild: 1, extreme: 0 });
  assertEquals(countOutliers([...centred, 18]).mad, 0); // 14 deviations of 1 from 4
  assertEquals(countOutliers([...centred, 19]).mad, 1);
  assertEquals(countOutliers([...centred, 30]), { mad: 1, mild: 0, extreme: 1 });
});

Deno.test("countOutliers() of equal or absent values is zero", () => {
  assertEquals(countOutliers([5, 5, 5]), { mad: 0, mild: 0, extreme: 0 });
  assertEquals(countOutliers([]), { mad: 0, mild: 0, extreme: 0 });
});
