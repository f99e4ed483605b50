/**
 * Decode loops without a harness: the backend's calls of a static plan and
 * nothing else. What `bench:harness` holds the decode loop against.
 *
 * @module
 */
import type { DecoderSession, EntryFill, Row } from "../harness/contract/backend.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import type { PlanProgram } from "../harness/decode/plan_program.ts";

/** What is decoded. */
export interface BareRequest {
  /** Slot that holds the prefix. */
  readonly slot: number;
  /** The compiled plan of every token. */
  readonly program: PlanProgram;
  /** How skipped blocks are filled. */
  readonly fill: EntryFill;
}

/** Feeds known tokens one by one: begin, the plan's calls, readToken, commit. */
export function bareForced(
  session: DecoderSession,
  { slot, program, fill, tokens }: BareRequest & { readonly tokens: readonly number[] },
): () => Promise<number> {
  const input = { slot, position: session.length(slot), token: 0, phase: "decode" as const };
  const rows: readonly Row[] = [input];
  const row = [0];
  return async () => {
    let last = -1;
    for (let i = 0; i < tokens.length; i++) {
      input.token = tokens[i]!;
      last = await bareStep(session, { rows, row, program, fill });
      input.position++;
    }
    return last;
  };
}

async function bareStep(
  session: DecoderSession,
  { rows, row, program, fill }: {
    readonly rows: readonly Row[];
    readonly row: readonly number[];
    readonly program: PlanProgram;
    readonly fill: EntryFill;
  },
): Promise<number> {
  const step = session.begin(rows);
  for (const instruction of program.instructions) {
    if (instruction.kind === "fill") step.fillKv(instruction.span, fill, row);
    else step.run(instruction.span, instruction.part, row, instruction.pass);
  }
  const pending = step.readToken(SHARED_READOUT, row);
  const choice = "then" in pending ? await pending : pending;
  const token = choice.tokens[0]!;
  step.commit();
  return token;
}
