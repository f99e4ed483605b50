import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { timed } from "./_test_run.ts";
import { judgeFamily, speedOf } from "./speed_family.ts";
import { compareTimes, pairTimes, type TimeComparison } from "./speed_up.ts";

/** Two visits each of some prompts, by an arm that is `speedUp` times as fast. */
function comparison(
  { prompts, speedUp, seed }: { prompts: number; speedUp: number; seed: number },
): TimeComparison {
  const random = createRandom(seed);
  const noise = () => Math.exp(0.01 * random.normal());
  const base = [], method = [];
  for (let i = 0; i < prompts; i++) {
    const level = 10 + 5 * random.uniform();
    for (const repetition of [0, 1]) {
      base.push(timed("full", `p${i}`, { repetition, decodeMs: level * noise() }));
      method.push(timed("k", `p${i}`, { repetition, decodeMs: level / speedUp * noise() }));
    }
  }
  return compareTimes(pairTimes(base, method), { seed: 1, resamples: 1999 });
}
const request = { margins: { margin: 0.01, delta: 0.02 }, looks: 1, seed: 1 };

Deno.test("judgeFamily() decides clear gains and losses, and says what could be detected", () => {
  const family = [1.5, 1 / 1.5, 1].map((speedUp, seed) =>
    comparison({ prompts: 12, speedUp, seed })
  );
  const [gain, loss, none] = judgeFamily(family, request);
  assertEquals([gain!.verdict, loss!.verdict], ["faster", "slower"]);
  assertEquals(gain!.pValue, 2 / 2 ** 12);
  assertEquals(gain!.adjustedPValue, 3 * 2 / 2 ** 12);
  assert(none!.adjustedPValue >= none!.pValue);
  const { standardError } = family[2]!.perPrompt;
  assertAlmostEquals(none!.minimumDetectable, Math.expm1(2.801585 * standardError), 1e-7);
  const needed = 12 * (2.801585 * standardError / Math.log(1.01)) ** 2;
  assertEquals(none!.requiredPrompts, Math.max(2, Math.ceil(needed)));
});

Deno.test("judgeFamily() widens what verdicts are drawn from by policies and looks alone", () => {
  const alone = comparison({ prompts: 16, speedUp: 1, seed: 5 });
  const width = (family: readonly TimeComparison[], looks: number) => {
    const [{ decisive, perPrompt }] = judgeFamily(family, { ...request, looks }) as [
      ReturnType<typeof judgeFamily>[0],
    ];
    return { decisive: decisive.high - decisive.low, shown: perPrompt.high - perPrompt.low };
  };
  const once = width([alone], 1), four = width([alone], 4), many = width([alone, alone], 1);
  assertEquals(once.decisive, once.shown);
  assert(four.decisive > 1.2 * once.decisive, JSON.stringify({ once, four }));
  assertEquals([four.shown, many.shown], [once.shown, once.shown]);
  // A policy and its twin share every resample, so nothing is lost by naming it twice.
  assertAlmostEquals(many.decisive, once.decisive, 1e-12);
});

Deno.test("judgeFamily() marks few prompts and calls nothing equivalent there", () => {
  const [few] = judgeFamily([comparison({ prompts: 7, speedUp: 1, seed: 2 })], {
    ...request,
    margins: { margin: 0.2, delta: 0.2 },
  });
  assertEquals([few!.fewPrompts, few!.verdict], [true, "inconclusive"]);
  const [enough] = judgeFamily([comparison({ prompts: 8, speedUp: 1, seed: 2 })], {
    ...request,
    margins: { margin: 0.2, delta: 0.2 },
  });
  assertEquals([enough!.fewPrompts, enough!.verdict], [undefined, "equivalent"]);
});

Deno.test("speedOf() says that continuations were forced", () => {
  const one = comparison({ prompts: 8, speedUp: 1.2, seed: 3 });
  const speed = speedOf(one, judgeFamily([one], request)[0]!);
  assertEquals([speed.mode, speed.verdict], ["forced", "faster"]);
  assertAlmostEquals(speed.workload.value, 1.2, 0.05);
});
