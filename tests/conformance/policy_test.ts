import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { conformPolicy, type Finding, hungFinding } from "../../harness/conformance/policy.ts";
import * as contract from "../../harness/contract/mod.ts";
import { entropyExit } from "../../examples/own_policy/entropy_exit.ts";
import { oracle, policies } from "../../policies/mod.ts";

/** Messages of the checks that failed. */
async function faults(plugin: unknown): Promise<readonly Finding[]> {
  return (await conformPolicy(plugin)).filter((finding) => !finding.ok);
}

/** Asserts that one check alone fails, with a sentence that holds `part`. */
async function assertFault(plugin: unknown, check: string, part: string): Promise<void> {
  const found = await faults(plugin);
  assertEquals(found.map((finding) => finding.check), [check], found[0]?.message);
  assertStringIncludes(found[0]!.message, part);
}

for (const plugin of [...policies, entropyExit]) {
  Deno.test(`conformPolicy() accepts ${plugin.name}`, async () => {
    assertEquals(await faults(plugin), []);
  });
}

Deno.test("conformPolicy() names each check as it begins", async () => {
  const begun: string[] = [];
  const findings = await conformPolicy(entropyExit, { onCheck: (name) => begun.push(name) });
  for (const { check } of findings) assert(begun.includes(check), check);
});

Deno.test("conformPolicy() leaves the globals as they were", async () => {
  const before = Object.getOwnPropertyDescriptors(globalThis);
  const { random } = Math;
  await conformPolicy(entropyExit);
  assertEquals(Object.getOwnPropertyDescriptors(globalThis), before);
  assertEquals(Math.random, random);
});

const FAULTY: readonly (readonly [file: string, check: string, part: string])[] = [
  ["impure", "purity", "it reads Math.random: take chance from point.uniform(i)"],
  ["nan_threshold", "NaN options", "expected NaN to be refused"],
  ["undeclared_signal", "signals", 'declared signals only ("entropy"): it reads "margin"'],
  ["throws", "throws", 'it throws "the entropy is missing"'],
  ["undeclared_height", "heights", 'expected "run" at heights that it did not ask for'],
  ["hidden_state", "memory", "expected equal answers to equal questions"],
  ["wrong_options", "options", "its own parse refuses -1"],
];

for (const [file, check, part] of FAULTY) {
  Deno.test(`conformPolicy() refuses the faulty copy ${file}`, async () => {
    const module = await import(`../testdata/faulty_policies/${file}.ts`);
    await assertFault(module.default, check, part);
  });
}

Deno.test("conformPolicy() never ends on an endless loop, and its caller can say where", async () => {
  const worker = new Worker(new URL("./policy_worker.ts", import.meta.url), { type: "module" });
  let last = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const ended = await new Promise<string>((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data.findings !== undefined) return resolve("answered");
        last = data.check;
        clearTimeout(timer);
        timer = setTimeout(() => resolve("hung"), 1000);
      };
      worker.postMessage(
        new URL("../testdata/faulty_policies/endless_loop.ts", import.meta.url).href,
      );
    });
    assertEquals(ended, "hung");
    const { message, ok } = hungFinding(last, { name: "entropy_exit", seconds: 1 });
    assertEquals(ok, false);
    assertStringIncludes(message, 'check "answers" got no answer within 1 s: look for an endless');
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
});

/** The tutorial's policy with another decision. */
function deciding(
  decide: contract.BlockPolicy<{ threshold: number; at: readonly number[] }>["decide"],
): unknown {
  return { ...entropyExit, decide };
}

Deno.test("conformPolicy() refuses what is no policy", async () => {
  await assertFault(undefined, "shape", "expected an object with name, scope and options");
  await assertFault({ ...entropyExit, name: "EntropyExit" }, "shape", '"name" to be snake_case');
  await assertFault({ ...entropyExit, scope: "sentence" }, "shape", '"scope" to be one of');
  await assertFault({ ...entropyExit, decide: 3 }, "shape", '"decide" to be a function');
  const card = { ...entropyExit.card, layers: "" };
  await assertFault({ ...entropyExit, card }, "shape", '"card.layers" to be one line of text');
});

Deno.test("conformPolicy() refuses answers that are no actions", async () => {
  await assertFault(
    deciding(() => "leave" as contract.Action),
    "answers",
    'it answers "leave"',
  );
  await assertFault(
    deciding((() => Promise.resolve("run")) as unknown as () => contract.Action),
    "answers",
    "it answers an object",
  );
});

Deno.test("conformPolicy() refuses an exit from NaN", async () => {
  await assertFault(
    deciding(({ signals, height }, { threshold, at }) =>
      threshold <= 0 || !at.includes(height) || signals["entropy"]! > threshold ? "run" : "exit"
    ),
    "NaN signals",
    'expected "run" while every signal is NaN',
  );
});

Deno.test("conformPolicy() refuses an exit at the bound", async () => {
  await assertFault(
    deciding(({ signals, height }, { threshold, at }) =>
      at.includes(height) && signals["entropy"]! <= threshold ? "exit" : "run"
    ),
    "bound",
    "expected threshold=0 to mean full depth",
  );
});

Deno.test("conformPolicy() refuses clocks, output and other globals", async () => {
  for (
    const [use, name] of [
      [() => Date.now(), "Date"],
      [() => performance.now(), "performance"],
      [() => crypto.randomUUID(), "crypto"],
      [() => setTimeout(() => {}), "setTimeout"],
      [() => fetch("https://example.com"), "fetch"],
      [() => Deno.cwd(), "Deno"],
      // deno-lint-ignore no-console -- the policy under test misbehaves
      [() => console.log(), "console"],
    ] as const
  ) {
    const plugin = deciding(() => {
      use();
      return "run";
    });
    await assertFault(plugin, "purity", `it reads ${name}`);
  }
});

Deno.test("conformPolicy() refuses a clock whose error is swallowed", async () => {
  const plugin = deciding(() => {
    try {
      Date.now();
    } catch {
      // As if nothing had been.
    }
    return "run";
  });
  await assertFault(plugin, "purity", "it reads Date");
});

Deno.test("conformPolicy() refuses writes, and reads of what is not there", async () => {
  await assertFault(
    deciding((point) => {
      (point as { height: number }).height = 0;
      return "run";
    }),
    "writes",
    'it writes "point.height"',
  );
  await assertFault(
    deciding((_point, options) => {
      (options.at as number[]).push(1);
      return "run";
    }),
    "writes",
    'it writes "options.at.',
  );
  await assertFault(
    deciding((_point, options) =>
      (options as unknown as { treshold: number }).treshold > 0 ? "run" : "run"
    ),
    "fields",
    'it reads "options.treshold", which is not there',
  );
});

Deno.test("conformPolicy() refuses heights out of range or order", async () => {
  const at = (heights: readonly number[]) => ({ ...entropyExit, heights: () => heights });
  await assertFault(at([3, 2]), "declarations", "ascending heights without repetition");
  await assertFault(at([2, 2]), "declarations", "ascending heights without repetition");
  await assertFault(at([99]), "declarations", "heights from 0 to 11: one is 99");
  await assertFault(at([1.5]), "declarations", "one is 1.5");
});

Deno.test("conformPolicy() refuses declarations that no backend knows", async () => {
  const declaring = (declared: unknown) => ({ ...entropyExit, signals: () => [declared] });
  await assertFault(
    declaring({ name: "entropy", kind: "readout", signal: "perplexity", head: "shared" }),
    "declarations",
    'it is "perplexity"',
  );
  await assertFault(
    declaring({ name: "entropy", kind: "state", signal: "cosine", against: "next" }),
    "declarations",
    '"against" of signal "entropy"',
  );
});

Deno.test("conformPolicy() refuses options that cannot be recorded or are not canonical", async () => {
  const withOption = (spec: contract.OptionSpec<unknown>) => ({
    ...entropyExit,
    options: { ...entropyExit.options, extra: spec },
  });
  const spec = { help: "Extra", expects: "a number", default: 1 };
  await assertFault(
    withOption({ ...spec, parse: () => 1 }),
    "options",
    "values of the wrong kind to be refused",
  );
  await assertFault(
    withOption({ ...spec, expects: "a number >= 0", parse: (x) => x === "word" ? undefined : x }),
    "options",
    "it accepts -1, below its range",
  );
  await assertFault(
    withOption({
      ...spec,
      parse: (x) => {
        if (typeof x !== "number") throw new Error("no number");
        return x;
      },
    }),
    "options",
    'it throws "no number"',
  );
  await assertFault(
    withOption({
      ...spec,
      default: 0,
      parse: (x) => typeof x === "number" && x < 50 ? x * 2 : undefined,
    }),
    "options",
    "expected what it reads to be read alike again",
  );
});

const RULE: contract.RulePolicy<{ threshold: number }> = {
  ...entropyExit,
  scope: "rule",
  options: { threshold: contract.unitInterval({ help: "Smallest margin", default: 0.9 }) },
  validate: () => {},
  defaultFill: () => "project",
  signals: () => contract.declareSignals("margin"),
  rule: (model, { threshold }) => ({
    when: {
      at: contract.planUpTo(model.layerCount).map((visit) => visit.block),
      signal: "margin",
      is: ">=",
      value: threshold,
      bound: 1,
    },
    then: "exit",
  }),
};

Deno.test("conformPolicy() judges rules", async () => {
  const ruled = (change: Partial<contract.RuleTest>, then: contract.Action = "exit") => ({
    ...RULE,
    rule: (model: contract.ModelInfo, options: { threshold: number }) => ({
      when: { ...RULE.rule(model, options).when, ...change },
      then,
    }),
  });
  assertEquals(await faults(ruled({})), []);
  const { bound: _, ...unbounded } = RULE.rule(
    { layerCount: 1 } as contract.ModelInfo,
    { threshold: 0.5 },
  ).when as contract.RuleTest;
  await assertFault(
    { ...RULE, rule: () => ({ when: unbounded, then: "exit" }) },
    "declarations",
    '"bound" 1 on tests of "margin" with >=',
  );
  await assertFault(ruled({ signal: "top1" }), "declarations", 'it tests "top1"');
  await assertFault(ruled({ value: NaN }), "declarations", "one is NaN");
  await assertFault(ruled({ value: () => NaN }), "declarations", "it is NaN");
  await assertFault(ruled({ at: [-1] }), "declarations", "one is -1");
  await assertFault(ruled({}, "leave" as contract.Action), "declarations", 'it is "leave"');
  await assertFault(
    { ...RULE, rule: () => ({ when: { all: [] }, then: "exit" }) },
    "heights",
    "did not ask for",
  );
});

Deno.test("conformPolicy() finds a decay that leaves the bound", async () => {
  const decaying: contract.RulePolicy<{ threshold: number }> = {
    ...RULE,
    rule: (model, options) => ({
      when: {
        ...RULE.rule(model, options).when as contract.RuleTest,
        value: ({ emitted }) => options.threshold * (0.9 + 0.1 * Math.exp(-emitted)),
      },
      then: "exit",
    }),
  };
  await assertFault(decaying, "bound", "expected threshold=1 to mean full depth");
});

Deno.test("conformPolicy() refuses a plan of blocks that the model lacks", async () => {
  const planning = (plan: unknown) => ({
    ...entropyExit,
    scope: "run",
    plan: () => plan,
  });
  await assertFault(planning(contract.planUpTo(3)), "answers", "blocks from 0 to 1: one is 2");
  await assertFault(planning([{ block: 0, part: "half" }]), "answers", 'one is "half"');
  await assertFault(planning([0, 1]), "answers", "expected the plan of");
});

Deno.test("conformPolicy() judges state", async () => {
  const counting: contract.BlockPolicy<
    { threshold: number; at: readonly number[] },
    readonly number[]
  > = {
    ...entropyExit,
    state: {
      life: "sequence",
      initial: () => [],
      reduce: (seen, event) => event.kind === "token" ? [...seen, event.token] : seen,
    },
    decide: ({ height, state }, { at, threshold }) =>
      threshold > 0 && at.includes(height) && state.length > 1 ? "skip" : "run",
  };
  // Signals play no part, so NaN does not stop it.
  assertEquals((await faults(counting)).map(({ check }) => check), ["NaN signals"]);
  await assertFault(
    {
      ...counting,
      decide: () => "run",
      state: {
        ...counting.state!,
        reduce: (seen: number[]) => {
          seen.push(1);
          return seen;
        },
      },
    },
    "state",
    "it changes the one it is given",
  );
});

Deno.test("conformPolicy() refuses options that the schema refuses", async () => {
  const given = async (options: contract.OptionInput) =>
    (await conformPolicy(entropyExit, { options })).filter(({ ok }) => !ok);
  assertEquals(await given({ threshold: 0.3 }), []);
  const [finding, ...others] = await given({ threshold: -3 });
  assertEquals(others, []);
  assert(finding !== undefined);
  assertEquals(finding.check, "given options");
  assertStringIncludes(finding.message, "must be a number >= 0: current value is -3");
});

Deno.test("conformPolicy() lets those look ahead who do not claim to be deployable", async () => {
  const { deployable: _, ...card } = oracle.card;
  await assertFault({ ...oracle, card }, "shape", '"card.deployable" to be false, because it');
  await assertFault({ ...oracle, scouts: false }, "shape", '"scouts" to be true');
  await assertFault({ ...entropyExit, scouts: true }, "shape", 'with scope "token", or absent');
  const { scouts: _scouts, ...blind } = oracle;
  await assertFault(blind, "fields", 'it reads "point.scouted", which is not there');
});
