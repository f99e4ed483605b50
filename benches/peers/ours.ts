/**
 * Our own backend as a peer among the others.
 *
 * Prefill is the harness's own, first token included; decoding is the decode
 * loop at full depth with forced tokens, argmax included; rows are one step of
 * draft rows with the argmax of each, forgotten again.
 *
 * @module
 */
import { fullDepth } from "../../policies/depth/full_depth.ts";
import type { DecoderSession } from "../../harness/contract/backend.ts";
import type { LoadedModel } from "../../harness/contract/model.ts";
import { SHARED_READOUT } from "../../harness/contract/signal.ts";
import { Ascent } from "../../harness/decode/ascent.ts";
import { bindPolicy, type BoundDepth } from "../../harness/decode/bound_policy.ts";
import { forcedDecoding } from "../../harness/decode/forced.ts";
import { prefill } from "../../harness/decode/prefill.ts";
import { rowsOf } from "../bench_model.ts";
import { findBackend } from "../open_backend.ts";
import type { Measure, Peer, PeerTask } from "./measure.ts";

const KEYS = { seed: 0, item: 0 };

/** Opens the model on a backend. */
export async function openOurs(
  task: PeerTask,
  { model, backend }: { readonly model: LoadedModel; readonly backend: string },
): Promise<Peer> {
  const plugin = await findBackend(backend);
  const { threads, context } = task;
  const session = await plugin.open(model.checkpoint, { slots: 3, context, threads });
  const bound = bindPolicy(fullDepth, {
    options: {},
    fill: "none",
    model: session.model,
    limits: { maxTokens: task.forced.length, context },
  });
  const { name, kernels, features } = session.backend;
  const ours = new Ours(session, bound, task);
  return {
    name: `ours (${name})`,
    details: [`${name} ${kernels}: ${features.join("; ")}`],
    measure: (measure) => ours.measure(measure),
    continuation: (count) => ours.continuation(count),
    close() {
      session.close();
      return Promise.resolve();
    },
  };
}

class Ours {
  readonly #session: DecoderSession;
  readonly #bound: BoundDepth;
  readonly #task: PeerTask;
  /** Holds the 97-token prompt once it was needed. */
  #prompted: { readonly slot: number; readonly token: number } | undefined;

  constructor(session: DecoderSession, bound: BoundDepth, task: PeerTask) {
    this.#session = session;
    this.#bound = bound;
    this.#task = task;
  }

  async #prefill(slot: number, tokens: readonly number[]): Promise<number> {
    const ascent = new Ascent(this.#bound, KEYS);
    const request = { slot, tokens, decided: false, oneByOne: false };
    return (await prefill(this.#session, ascent, request)).token;
  }

  async #fork(): Promise<number> {
    if (this.#prompted === undefined) {
      const slot = this.#session.newSlot();
      this.#prompted = { slot, token: await this.#prefill(slot, this.#task.prompts[97].tokens) };
    }
    return this.#session.fork(this.#prompted.slot);
  }

  async measure(measure: Measure): Promise<number> {
    if (measure.kind === "prefill") {
      const slot = this.#session.newSlot();
      const start = performance.now();
      await this.#prefill(slot, this.#task.prompts[measure.count].tokens);
      const ms = performance.now() - start;
      this.#session.release(slot);
      return ms;
    }
    const slot = await this.#fork();
    try {
      if (measure.kind === "rows") return await this.#rows(slot, measure.count);
      const tokens = this.#task.forced;
      const decoding = forcedDecoding(this.#session, {
        bound: this.#bound,
        slot,
        tokens,
        ...KEYS,
      });
      const start = performance.now();
      await decoding.run();
      return (performance.now() - start) / tokens.length;
    } finally {
      this.#session.release(slot);
    }
  }

  async #rows(slot: number, count: number): Promise<number> {
    const from = this.#session.length(slot);
    const tokens = this.#task.forced.slice(0, count);
    const rows = rowsOf(slot, { from, tokens, phase: "draft" });
    const start = performance.now();
    const step = this.#session.begin(rows);
    step.run({ from: 0, to: this.#session.model.layerCount }, "block");
    const choice = step.readToken(SHARED_READOUT);
    if ("then" in choice) await choice;
    const ms = performance.now() - start;
    step.commit([]);
    return ms;
  }

  async continuation(count: number): Promise<readonly number[]> {
    const slot = await this.#fork();
    const tokens = [this.#prompted!.token];
    while (tokens.length < count) {
      const position = this.#session.length(slot);
      const step = this.#session.begin([
        { slot, position, token: tokens.at(-1)!, phase: "decode" },
      ]);
      step.run({ from: 0, to: this.#session.model.layerCount }, "block");
      tokens.push((await step.readToken(SHARED_READOUT)).tokens[0]!);
      step.commit();
    }
    this.#session.release(slot);
    return tokens;
  }
}
