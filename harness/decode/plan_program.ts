/**
 * A plan compiled for the decode loop: runs and fills in order, neighbours merged.
 *
 * A block that the plan leaves out is filled just before the first visited
 * block above it runs, or at the end: that is, from the state that passes it
 * unchanged. A block whose attention is left out is filled before its MLP runs.
 *
 * @module
 */
import type { Part, Span } from "../contract/backend.ts";
import type { Plan } from "../contract/policy.ts";

/** One instruction. */
export type Instruction =
  | { readonly kind: "run"; readonly span: Span; readonly part: Part; readonly pass: number }
  | { readonly kind: "fill"; readonly span: Span };

/** A compiled plan. */
export interface PlanProgram {
  /** What to do, in order. */
  readonly instructions: readonly Instruction[];
  /** Blocks that run, parts by halves. */
  readonly blocksRun: number;
  /** One past the highest block visited: the height of the readout. */
  readonly exitHeight: number;
  /** Part of each block, `undefined` when not visited; absent when blocks repeat or change order. */
  readonly parts: readonly (Part | undefined)[] | undefined;
}

function push(out: Instruction[], next: Instruction): void {
  const last = out.at(-1);
  const joins = last !== undefined && last.kind === next.kind &&
    last.span.to === next.span.from &&
    (last.kind === "fill" ||
      (next.kind === "run" && last.part === next.part && last.pass === next.pass &&
        last.part === "block"));
  if (joins) out[out.length - 1] = { ...last, span: { from: last.span.from, to: next.span.to } };
  else out.push(next);
}

/** Compiles a validated plan for a model of `layerCount` blocks. */
export function compilePlan(plan: Plan, layerCount: number): PlanProgram {
  const instructions: Instruction[] = [];
  const visited = new Set(plan.map(({ block }) => block));
  const filled = new Set<number>();
  const passes = new Map<number, number>();
  const parts: (Part | undefined)[] = new Array(layerCount).fill(undefined);
  let ordered = true;
  let above = -1;
  let blocksRun = 0;
  const fillBelow = (block: number) => {
    for (let l = 0; l < block; l++) {
      if (visited.has(l) || filled.has(l)) continue;
      filled.add(l);
      push(instructions, { kind: "fill", span: { from: l, to: l + 1 } });
    }
  };
  for (const { block, part } of plan) {
    fillBelow(block);
    const span = { from: block, to: block + 1 };
    const pass = passes.get(block) ?? 0;
    if (part === "mlp" && pass === 0) push(instructions, { kind: "fill", span });
    push(instructions, { kind: "run", span, part, pass });
    if (part !== "mlp") passes.set(block, pass + 1);
    ordered &&= block > above;
    above = Math.max(above, block);
    parts[block] = part;
    blocksRun += part === "block" ? 1 : 0.5;
  }
  fillBelow(layerCount);
  return {
    instructions,
    blocksRun,
    exitHeight: above + 1,
    parts: ordered ? parts : undefined,
  };
}
