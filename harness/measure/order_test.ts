import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { armOrder } from "./order.ts";

Deno.test("armOrder() reverses every second visit of a prompt", () => {
  for (const arms of [1, 2, 3, 7]) {
    for (const pair of [0, 1, 5]) {
      const visit = { seed: 3, prompt: "copy/ab12", repetition: 2 * pair };
      const first = armOrder(arms, visit);
      const second = armOrder(arms, { ...visit, repetition: 2 * pair + 1 });
      assertEquals([...second].reverse(), [...first]);
      assertEquals([...first].sort(), Array.from({ length: arms }, (_, arm) => arm));
    }
  }
});

Deno.test("armOrder() of two arms makes ABBA or BAAB", () => {
  const visit = { seed: 9, prompt: "recall/77" };
  const pair = [0, 1].flatMap((repetition) => armOrder(2, { ...visit, repetition })).join("");
  assert(pair === "0110" || pair === "1001", pair);
});

Deno.test("armOrder() depends on seed, prompt and pair of visits, and on nothing else", () => {
  const visit = { seed: 1, prompt: "a", repetition: 0 };
  const order = armOrder(8, visit);
  assertEquals(armOrder(8, visit), order);
  assertNotEquals(armOrder(8, { ...visit, seed: 2 }), order);
  assertNotEquals(armOrder(8, { ...visit, prompt: "b" }), order);
  assertNotEquals(armOrder(8, { ...visit, repetition: 2 }), order);
});

Deno.test("armOrder() puts each arm in each place equally often", () => {
  const counts = Array.from({ length: 3 }, () => [0, 0, 0]);
  for (let prompt = 0; prompt < 3000; prompt++) {
    armOrder(3, { seed: 7, prompt: String(prompt), repetition: 0 })
      .forEach((arm, place) => counts[arm]![place]! += 1);
  }
  for (const count of counts.flat()) assert(count > 920 && count < 1080, `count ${count}`);
});
