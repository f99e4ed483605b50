import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import type { ArmFacts, CheckKind, GateCheck, ItemFacts } from "../contract/gate.ts";
import { armFacts, freeItem, timedItem } from "./_facts_fixture.ts";
import { compareArm, type GateLimits } from "./compare_facts.ts";

const STRICT: GateLimits = { tolerance: 0, qualityLoss: 0, sameOutput: false };

function check(
  a: ArmFacts,
  b: ArmFacts,
  { limits = {}, sameKernels = true }: {
    readonly limits?: Partial<GateLimits>;
    readonly sameKernels?: boolean;
  } = {},
): readonly GateCheck[] {
  return compareArm({ a, b }, { limits: { ...STRICT, ...limits }, sameKernels });
}

function outcome(checks: readonly GateCheck[], kind: CheckKind, name = ""): string | undefined {
  return checks.find((each) => each.kind === kind && each.name.includes(name))?.outcome;
}

const BASE = armFacts([timedItem("1"), timedItem("2"), freeItem("1"), freeItem("2")]);

/** The base with other timed counters. */
function counting(changes: Partial<NonNullable<ItemFacts["counters"]>>, digest = "sha256:new") {
  const counters = { ...timedItem("1").counters!, ...changes };
  return armFacts(
    [timedItem("1", { counters }), timedItem("2"), freeItem("1"), freeItem("2")],
    { digest },
  );
}

Deno.test("compareArm() passes equal facts in every check", () => {
  const checks = check(BASE, BASE);
  assertEquals(checks.filter((each) => each.outcome !== "pass"), []);
  assertEquals(checks.map(({ kind }) => kind), [
    ...Array.from({ length: 6 }, () => "counter" as const),
    "output",
    "quality",
  ]);
  assertStrictEquals(checks[0]?.a, 8);
});

Deno.test("compareArm() fails a counter that grew beyond its tolerance and notes one that shrank", () => {
  const grown = counting({ blocks: 84 }); // 8.2 per token: + 2.5 %
  assertStrictEquals(outcome(check(BASE, grown), "counter", "blocks"), "regression");
  const wide = { limits: { tolerance: 0.025 } };
  assertStrictEquals(outcome(check(BASE, grown, wide), "counter", "blocks"), "noted");
  const narrow = { limits: { tolerance: 0.0249 } };
  assertStrictEquals(outcome(check(BASE, grown, narrow), "counter", "blocks"), "regression");
  const less = check(BASE, counting({ readouts: 5 }));
  assertStrictEquals(outcome(less, "counter", "readouts"), "noted");
  assertStringIncludes(less.find(({ name }) => name.startsWith("readouts"))!.says, "−25 %");
  const fromZero = check(counting({ reads: 0 }), BASE);
  assertStrictEquals(outcome(fromZero, "counter", "reads waited"), "regression");
});

Deno.test("compareArm() counts free passes only where nothing was timed", () => {
  const counters = timedItem("1").counters!;
  const free = (blocks: number) =>
    armFacts([freeItem("1", { counters: { ...counters, blocks } })], { digest: `${blocks}` });
  assertStrictEquals(outcome(check(free(80), free(90)), "counter", "free pass"), "regression");
  const both = (blocks: number) =>
    armFacts([timedItem("1"), freeItem("1", { counters: { ...counters, blocks } })]);
  assertStrictEquals(outcome(check(both(80), both(90)), "counter", "blocks"), "pass");
});

Deno.test("compareArm() fails changed outputs of unchanged code, and tells of those of changed code", () => {
  const other = (digest: string) =>
    armFacts([...BASE.items.slice(0, 3), freeItem("2", { output: "else" })], { digest });
  assertStrictEquals(outcome(check(BASE, other("sha256:calm")), "output"), "regression");
  assertStrictEquals(outcome(check(BASE, other("sha256:new")), "output"), "noted");
  const kernels = { sameKernels: false };
  assertStrictEquals(outcome(check(BASE, other("sha256:calm"), kernels), "output"), "noted");
  const strict = { limits: { sameOutput: true } };
  assertStrictEquals(outcome(check(BASE, other("sha256:new"), strict), "output"), "regression");
});

Deno.test("compareArm() fails outputs that break losslessness, however equal they are", () => {
  const drafts = armFacts([freeItem("1", { drafted: 10, accepted: 6, broken: true })]);
  assertStrictEquals(outcome(check(drafts, drafts), "output"), "regression");
});

Deno.test("compareArm() fails a lower acceptance", () => {
  const drafts = (accepted: number) => armFacts([freeItem("1", { drafted: 10, accepted })]);
  assertStrictEquals(outcome(check(drafts(6), drafts(5)), "acceptance"), "regression");
  assertStrictEquals(outcome(check(drafts(6), drafts(6)), "acceptance"), "pass");
  assertStrictEquals(outcome(check(drafts(6), drafts(7)), "acceptance"), "noted");
  assertStrictEquals(outcome(check(BASE, BASE), "acceptance"), undefined);
});

Deno.test("compareArm() fails lost scores beyond the loss let pass, and shows the churn", () => {
  const scores = (...values: readonly number[]) =>
    armFacts(values.map((score, i) => freeItem(String(i), { score })), { digest: String(values) });
  const checks = check(scores(1, 1, 1, 0), scores(1, 0, 0, 1));
  assertStrictEquals(outcome(checks, "quality"), "regression");
  assertStringIncludes(
    checks.find(({ kind }) => kind === "quality")!.says,
    "2 of 4 items lost and 1 won",
  );
  const lenient = { limits: { qualityLoss: 0.34 } };
  assertStrictEquals(
    outcome(check(scores(1, 1, 1, 0), scores(1, 0, 0, 1), lenient), "quality"),
    "noted",
  );
  assertStrictEquals(outcome(check(scores(0, 1), scores(1, 0)), "quality"), "noted");
});

Deno.test("compareArm() fails a likelihood that fell beyond the loss let pass", () => {
  const text = (nll: number) =>
    armFacts([{ suite: "prose", item: "1", pass: "lockstep", tokens: 10, output: "x", nll }]);
  assertStrictEquals(outcome(check(text(20), text(20)), "quality"), "pass");
  assertStrictEquals(outcome(check(text(20), text(20.2)), "quality"), "regression"); // e^-0.02
  const lenient = { limits: { qualityLoss: 0.02 } };
  assertStrictEquals(outcome(check(text(20), text(20.2), lenient), "quality"), "noted");
});

Deno.test("compareArm() fails rows that failed, and rows that B lacks", () => {
  const failing = armFacts(BASE.items.slice(1), { failed: 1, failure: "no" });
  assertStrictEquals(outcome(check(BASE, failing), "failure"), "failed");
  const lacking = armFacts(BASE.items.slice(1));
  assertStrictEquals(outcome(check(BASE, lacking), "failure"), "regression");
});
