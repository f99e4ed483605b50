import { assertEquals, assertStrictEquals } from "@std/assert";
import { canonicalArm } from "./arm_label.ts";
import { choiceOption, numbersOption, parseOptions, unitInterval } from "./contract/options.ts";
import type { RunPolicy } from "./contract/policy.ts";
import { planUpTo } from "./contract/policy.ts";
import { parsePolicySpecs } from "./spec_text.ts";

interface ToyOptions {
  readonly measure: "softmax" | "state";
  readonly threshold: number;
  readonly at: readonly number[];
}

const toy: RunPolicy<ToyOptions> = {
  name: "toy",
  family: "depth",
  card: {
    summary: "A policy of tests",
    source: "none",
    acts: ["generation"],
    lossless: false,
    training: "none",
    layers: "heights are blocks run",
    deviations: [],
  },
  options: {
    measure: choiceOption({ help: "measure", choices: ["softmax", "state"], default: "softmax" }),
    threshold: unitInterval({ help: "threshold" }),
    at: numbersOption({ help: "heights", integer: true, default: [4, 8] }),
  },
  defaultFill: () => "project",
  scope: "run",
  plan: ({ model }) => planUpTo(model.layerCount),
};

const parsed = { measure: "softmax", threshold: 0.9, at: [4, 8] };

function label(text: string): string {
  const [spec] = parsePolicySpecs(text);
  const options = parseOptions({ kind: "policy", name: "toy" }, {
    schema: toy.options,
    input: spec!.options,
  });
  return canonicalArm(toy, {
    options,
    fill: spec!.fill ?? "project",
    written: Object.keys(spec!.options),
  });
}

Deno.test("canonicalArm() shows required, written and changed options in schema order", () => {
  assertStrictEquals(
    canonicalArm(toy, { options: parsed, fill: "project" }),
    "toy(threshold=0.9)",
  );
  assertStrictEquals(label("toy(threshold=0.9)"), "toy(threshold=0.9)");
  assertStrictEquals(
    label("toy(at=[2],threshold=0.90,measure=state)"),
    "toy(measure=state,threshold=0.9,at=[2])",
  );
  assertStrictEquals(
    label("toy(threshold=1,measure=softmax)"),
    "toy(measure=softmax,threshold=1)",
  );
});

Deno.test("canonicalArm() shows a fill that is not the policy's own", () => {
  assertStrictEquals(label("toy(threshold=1,fill=hole)"), "toy(threshold=1,fill=hole)");
  assertStrictEquals(label("toy(fill=project,threshold=1)"), "toy(threshold=1)");
});

Deno.test("canonicalArm() gives a label that parses to the same arm", () => {
  const text = "toy(measure=state,threshold=0.5,at=[1,2],fill=hole)";
  assertStrictEquals(label(text), text);
  assertEquals(parsePolicySpecs(label(text))[0]!.fill, "hole");
});
