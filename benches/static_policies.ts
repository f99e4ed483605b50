/**
 * Static policies as arms of the decode loop, and their compiled plans.
 *
 * @module
 */
import { resolveArms } from "../cli/policy_arms.ts";
import { BUILT_IN } from "../cli/registry.ts";
import type { DecoderSession, KvFill } from "../harness/contract/backend.ts";
import { UsageError } from "../harness/contract/errors.ts";
import { bindPolicy, type BoundPlans } from "../harness/decode/bound_policy.ts";
import { forcedDecoding } from "../harness/decode/forced.ts";
import { compilePlan, type PlanProgram } from "../harness/decode/plan_program.ts";
import type { ForcedArm } from "./forced_arms.ts";

/** A static policy on a session. */
export interface StaticArm extends ForcedArm {
  /** KV fill of the blocks that it skips. */
  readonly fill: KvFill;
  /** Its one plan. */
  readonly program: PlanProgram;
}

/** Full depth, then the policies named, each decoding `tokens` with forced inputs. */
export async function staticArms(
  session: DecoderSession,
  { policies, tokens, context }: {
    readonly policies: string;
    readonly tokens: readonly number[];
    readonly context: number;
  },
): Promise<readonly StaticArm[]> {
  const { model } = session;
  const arms = await resolveArms(["full_depth", policies], {
    policies: BUILT_IN.policies,
    model,
  });
  return arms.map(({ plugin, options, fill, label }) => {
    const limits = { maxTokens: tokens.length, context };
    const bound = bindPolicy(plugin, { options, fill, model, limits });
    if (bound.kind !== "plan" || !bound.fixed) {
      throw new UsageError(
        `Cannot predict policy "${label}": expected one plan for all tokens: it decides while it runs`,
      );
    }
    return {
      label: `${label}, ${fill}`,
      fill,
      program: programOf(bound, model.layerCount),
      prepare(slot) {
        const decoding = forcedDecoding(session, { bound, slot, tokens, seed: 0, item: 0 });
        return () => decoding.run();
      },
    };
  });
}

function programOf(bound: BoundPlans, layerCount: number): PlanProgram {
  return compilePlan(bound.plan(undefined as never), layerCount); // fixed: the point is not read
}
