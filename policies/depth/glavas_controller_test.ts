import { assertEquals } from "@std/assert";
import { blockPoint, pointOf } from "../../harness/conformance/policy_samples.ts";
import { parseOptions } from "../../harness/contract/mod.ts";
import { runNetwork } from "../../harness/signals/mod.ts";
import {
  decideGlavas,
  gatedBlocks,
  glavasController,
  type GlavasControllerOptions,
} from "./glavas_controller.ts";

function options(given: Partial<GlavasControllerOptions> = {}): GlavasControllerOptions {
  const owner = { kind: "policy", name: "glavas_controller" };
  return { ...parseOptions(owner, { schema: glavasController.options, input: {} }), ...given };
}

function decide(execute: number, { height = 3, u, ...given }: {
  readonly height?: number;
  readonly u?: number;
  readonly stochastic?: boolean;
} = {}) {
  const token = { ...pointOf(12), uniform: () => u ?? 0.5 };
  return decideGlavas(blockPoint(token, { height, signals: { execute } }), options(given));
}

Deno.test("glavas_controller keeps a block on a tie: the worked example", () => {
  const [, tie] = runNetwork(
    [{ kind: "activation", activation: "softmax" }],
    Float32Array.of(0.2, 0.2),
  );
  assertEquals(decide(tie!), "run");
  assertEquals(decide(0.51), "run");
  assertEquals(decide(0.49), "skip");
  assertEquals(decide(NaN), "run");
});

Deno.test("glavas_controller keeps the first and the last block", () => {
  assertEquals(gatedBlocks(5), [1, 2, 3]);
  assertEquals(gatedBlocks(2), []);
  assertEquals(gatedBlocks(1), []);
  assertEquals(decide(0, { height: 0 }), "run");
  assertEquals(decide(0, { height: 11 }), "run");
  assertEquals(decide(0, { height: 10 }), "skip");
});

Deno.test("glavas_controller runs a block with its probability when stochastic", () => {
  assertEquals(decide(0.3, { stochastic: true, u: 0.29 }), "run");
  assertEquals(decide(0.3, { stochastic: true, u: 0.3 }), "skip");
  assertEquals(decide(1, { stochastic: true, u: 0.999 }), "run");
});

Deno.test("glavas_controller names its gates by what they see, and projects", () => {
  const names = (["hidden", "constant"] as const).map((input) =>
    glavasController.signals(options({ input }))
  );
  assertEquals(names.flat().map((each) => each.kind === "probe" ? each.probe : ""), [
    "glavas_hidden",
    "glavas_constant",
  ]);
  assertEquals(glavasController.defaultFill(options()), "project");
  assertEquals(glavasController.actsOnPrompt, undefined);
});
