/**
 * `generate --explain`: the text token by token with all that was decided about it.
 *
 * @module
 */
import type { DecoderSession, Sampler } from "../harness/contract/backend.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import type { StopReason } from "../harness/contract/record.ts";
import type { BoundPolicy } from "../harness/decode/bound_policy.ts";
import { generate } from "../harness/decode/generate.ts";
import type { Io } from "./command.ts";
import { DecisionNotes, type ExplainedToken } from "./explain.ts";
import { explainTable } from "./explain_table.ts";
import { EXIT } from "./exit_code.ts";
import { totals } from "./generation_totals.ts";
import { lensSession } from "./lens_session.ts";
import { nextTurn } from "./next_turn.ts";
import type { ResolvedArm } from "./policy_arms.ts";
import { toRecordJson } from "./record_json.ts";

/** What is explained. */
export interface ExplainRequest {
  /** Where it runs. */
  readonly session: DecoderSession;
  /** The model. */
  readonly model: LoadedModel;
  /** The policy as named. */
  readonly arm: ResolvedArm;
  /** The policy bound to the session's model. */
  readonly bound: BoundPolicy;
  /** Prompt tokens. */
  readonly prompt: readonly number[];
  /** Seed of sampling and of chance. */
  readonly seed: number;
  /** How tokens are drawn; greedy when absent. */
  readonly sampler?: Sampler | undefined;
  /** Whether one JSON object is written instead of tables. */
  readonly json: boolean;
}

/** Generates and explains; resolves to the exit code. */
export async function explainGeneration(request: ExplainRequest, io: Io): Promise<number> {
  const { session, model, arm, prompt, seed, sampler, json } = request;
  const { layerCount } = session.model;
  const notes = new DecisionNotes(request.bound, arm.plugin);
  const lens = lensSession(session);
  const tokens = generate(lens, {
    bound: notes.bound,
    slot: lens.newSlot(),
    prompt,
    eos: model.tokenizer.eos,
    seed,
    item: 0,
    sampler,
  });
  const text = model.tokenizer.stream();
  const made: ExplainedToken[] = [];
  let ended: StopReason | "interrupted" = "interrupted";
  while (!io.signal.aborted) {
    await nextTurn();
    const next = await tokens.next();
    if (next.done) {
      ended = next.value;
      break;
    }
    const { token, exitHeight, blocksRun } = next.value;
    const explained = notes.take(
      { index: made.length, token, text: text.push(token), exitHeight, blocksRun },
      { readings: lens.take(), tokenizer: model.tokenizer },
    );
    made.push(explained);
    if (!json) io.write(`${explainTable(explained, layerCount)}\n`);
  }
  if (json) {
    io.write(`${
      toRecordJson({
        kind: "depthbench-explain",
        schema: 1,
        model: session.model,
        backend: session.backend,
        policy: arm.label,
        fill: arm.fill,
        seed,
        tokens: made,
        ended,
      })
    }\n`);
  }
  io.say(totals(made, { layerCount, ended }));
  return ended === "interrupted" ? EXIT.interrupted : EXIT.done;
}
