import { assertEquals, assertThrows } from "@std/assert";
import { composeDrafts, type DraftMember } from "./compose_drafts.ts";
import type { DraftPoint, Proposal, RoundPoint, RoundPolicy } from "./contract/round.ts";

/** A policy that proposes as told and keeps what it is told. */
function member(
  label: string,
  propose: (point: RoundPoint) => Proposal,
  more: Partial<RoundPolicy<unknown>> = {},
): DraftMember {
  const plugin = {
    name: label,
    scope: "round",
    card: { source: label, layers: "-", training: "none", deviations: [] },
    propose,
    ...more,
  } as unknown as RoundPolicy<unknown>;
  return { plugin, options: { of: label }, label };
}

const NOTED = (life: "sequence" | "stream"): NonNullable<RoundPolicy<unknown>["state"]> => ({
  life,
  initial: () => [],
  reduce: (state, { kind }) => [...state as string[], kind],
});

const PLAN: Proposal = { kind: "plan", plan: [], maxTokens: 2 };
const POINT = { model: {}, limits: {}, uniform: (i: number) => i, state: undefined };

Deno.test("composeDrafts() takes the first proposal that is not empty", () => {
  const empty: Proposal[] = [
    { kind: "none" },
    { kind: "tokens", tokens: [] },
    { ...PLAN, maxTokens: 0 },
  ];
  for (const proposal of empty) {
    const drafts = composeDrafts([member("a", () => proposal), member("b", () => PLAN)]);
    assertEquals(drafts.propose(POINT as never, {}), { ...PLAN, by: 1 });
  }
  const none = composeDrafts([member("a", () => empty[0]!), member("b", () => empty[1]!)]);
  assertEquals(none.propose(POINT as never, {}), { kind: "none" });
  assertEquals(none.name, "a | b");
});

Deno.test("composeDrafts() asks the member that drafts, with its state, options and chance", () => {
  const seen: unknown[] = [];
  const drafts = composeDrafts([
    member("a", () => ({ kind: "none" })),
    member("b", () => PLAN, {
      state: NOTED("sequence"),
      decide: (point, options) => {
        seen.push([options, point.state, point.uniform(3)]);
        return "stop";
      },
    }),
  ]);
  const state = drafts.state!.initial(POINT as never, {});
  const point = { ...POINT, state, proposal: { ...PLAN, by: 1 } } as unknown as DraftPoint<
    typeof state
  >;
  assertEquals(drafts.decide!(point, {}), "stop");
  assertEquals(seen, [[{ of: "b" }, [], (1 << 20) + 3]]);
  assertEquals(drafts.decide!({ ...point, proposal: { ...PLAN, by: 0 } }, {}), "go_on");
});

Deno.test("composeDrafts() tells members of their own rounds and starts sequences anew", () => {
  const drafts = composeDrafts([
    member("a", () => PLAN, { state: NOTED("sequence") }),
    member("b", () => PLAN, { state: NOTED("stream") }),
    member("c", () => PLAN),
  ]);
  assertEquals(drafts.state!.life, "stream");
  let state = drafts.state!.initial(POINT as never, {});
  const tell = (event: unknown) => state = drafts.state!.reduce(state, event as never, {});
  tell({ kind: "prompt", length: 3 });
  tell({ kind: "round", proposal: { ...PLAN, by: 1 } });
  tell({ kind: "round", proposal: { ...PLAN, by: 0 } });
  tell({ kind: "round", proposal: { kind: "none" } });
  assertEquals(state.states, [["prompt", "round"], ["prompt", "round"], undefined]);
  tell({ kind: "prompt", length: 3 });
  assertEquals(state.states, [["prompt"], ["prompt", "round", "prompt"], undefined]);
});

Deno.test("composeDrafts() refuses two policies that read shadow heights", () => {
  const shadow = () => ({ heights: [1], promptRows: 0 });
  const two = [member("a", () => PLAN, { shadow }), member("b", () => PLAN, { shadow })];
  assertThrows(() => composeDrafts(two), RangeError, "at most one policy that reads shadow");
});
