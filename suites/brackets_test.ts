import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { brackets, validNext } from "./brackets.ts";

/** The score of an answer to `question`, both without spaces. */
function scoreOf(question: string, answer: string): number {
  const { measure } = brackets;
  assert(measure.kind === "generation");
  const prompt = `brackets: ( = )\nbrackets: ${[...question].join(" ")} =`;
  return measure.score(answer, { id: "", prompt, target: "" });
}

Deno.test("validNext() gives every opening bracket, the one right closing one, or the end", () => {
  const opening = ["(", "[", "{", "<"];
  assertEquals([...validNext("")], [...opening, ""]);
  assertEquals([...validNext("( [")], [...opening, "]"]);
  assertEquals([...validNext("( [ ] { }")], [...opening, ")"]);
  assertEquals([...validNext("<>")], [...opening, ""]);
});

Deno.test("validNext() is empty after what starts no balanced word", () => {
  for (const text of [")", "( ]", "( ) )", "a", "( a", "(="]) {
    assertEquals([...validNext(text)], []);
  }
});

Deno.test("brackets score() takes any completion that ends balanced", () => {
  for (const answer of [" ] )", "])", " ] ) ", " ( ) ] )", "] ) { < > }"]) {
    assertStrictEquals(scoreOf("([", answer), 1);
  }
});

Deno.test("brackets score() refuses what is open, crossed, too much or no bracket", () => {
  for (const answer of ["", " ]", " ) ]", " ] ) )", " ] ) (", " ] ) x", " ]; )", "= ] )"]) {
    assertStrictEquals(scoreOf("([", answer), 0);
  }
});

Deno.test("brackets items() leave as many brackets open as their level says", async () => {
  for (const item of await brackets.items({ size: "standard", seed: 2, split: "test" })) {
    const question = item.prompt.slice(item.prompt.lastIndexOf("\n") + 1);
    const opened = (question.match(/[([{<]/g) ?? []).length;
    const closed = (question.match(/[)\]}>]/g) ?? []).length;
    assertStrictEquals(item.level, `depth-${opened - closed}`);
    assert(closed >= 1 && closed <= 4);
    assertStrictEquals(item.target.length, 2 * (opened - closed));
    let text = question.slice("brackets:".length, -" =".length);
    for (const symbol of item.target.slice(1).split(" ")) {
      assert(validNext(text).has(symbol) && !validNext(text).has(""));
      text += symbol;
    }
    assert(validNext(text).has(""));
  }
});
