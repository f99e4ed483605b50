/**
 * Seeded cases of (model, policy, prompt): tiny random models, every speculative
 * policy with random options, random prompts, ends and limits.
 *
 * @module
 */
import {
  type BackendPlugin,
  type Certificate,
  type DecoderSession,
  type OptionInput,
  planUpTo,
  type PolicyPlugin,
  type RoundPolicy,
} from "../../harness/contract/mod.ts";
import { certify } from "../../harness/decode/speculate/certify.ts";
import { createRandom, type Random } from "../../harness/numerics/random.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import {
  confLayers,
  del,
  draftAndVerify,
  layerSkip,
  promptLookup,
  swift,
  valadeDraft,
} from "../../policies/speculative/mod.ts";
import { type Arm, armText, bindRound } from "./_arms.ts";
import { generated } from "./_generated.ts";

/** A random model: 2 to 6 blocks, few tokens, so that texts repeat and drafts are right at times. */
export async function randomSession(
  seed: number,
  backend: BackendPlugin,
): Promise<DecoderSession> {
  const random = createRandom(seed);
  const kvHeads = 1 + random.int(2);
  const headDim = 2 * (2 + random.int(3));
  const { checkpoint } = syntheticModel({
    layerCount: 2 + random.int(5),
    dModel: 8 * (1 + random.int(3)),
    heads: kvHeads * (1 + random.int(2)),
    kvHeads,
    headDim,
    ffnSize: 8 * (1 + random.int(4)),
    vocabSize: 12 + random.int(30),
    context: 40,
    tiedHead: random.int(2) === 0,
    seed: random.int(1 << 30),
  });
  return await backend.open(checkpoint, { slots: 4, context: 40 });
}

/** Mixes right and wrong drafts: full depth's own tokens by plan, or chance. */
const mixedDraft: RoundPolicy<Record<never, never>> = {
  ...layerSkip,
  name: "mixed_draft",
  options: {},
  validate: () => {},
  actsOnPrompt: () => false,
  signals: () => ["top1", "margin"],
  propose: (point) => {
    const { model } = point;
    const kind = Math.floor(point.uniform(0) * 4);
    const most = Math.floor(point.uniform(1) * 7);
    if (kind === 0) return { kind: "none" };
    if (kind === 1) {
      const tokens = Array.from(
        { length: most },
        (_, i) => Math.floor(point.uniform(2 + i) * model.vocabSize),
      );
      return { kind: "tokens", tokens };
    }
    if (kind === 2) return { kind: "plan", plan: planUpTo(model.layerCount), maxTokens: most };
    const heights = [model.layerCount - 1, model.layerCount].filter((height) => height > 0);
    return {
      kind: "exits",
      exits: heights.map((height) => ({ height, head: "shared" })),
      maxTokens: most,
    };
  },
  decide: (point) => {
    const draw = point.uniform(20 + point.drafted);
    return draw < 0.2 ? "stop" : draw < 0.5 ? "climb" : "go_on";
  },
};

function randomArm(random: Random, layerCount: number): Arm {
  const below = () => 1 + random.int(layerCount - 1);
  const blocks = () =>
    Array.from({ length: layerCount }, (_, l) => l).filter(() => random.int(3) === 0);
  const stop = random.int(2) === 0 ? 0 : random.uniform() / 4;
  const draft = 1 + random.int(6);
  const arms: readonly (readonly [unknown, OptionInput])[] = [
    [layerSkip, { exit: below(), draft, prompt: random.int(2) === 0 }],
    [draftAndVerify, { attention: blocks(), mlp: blocks(), draft, threshold: stop }],
    [swift, { interval: 1 + random.int(2), context: 1 + random.int(8), stop, draft }],
    [del, {
      draft: 1 + random.int(6),
      context: random.int(6),
      every: 1 + random.int(2),
      dynamicStop: random.int(2) === 0,
    }],
    [confLayers, { context: 1 + random.int(4), interval: 1 + random.int(4), stop, draft }],
    [valadeDraft, {
      at: [below()],
      thresholds: [4 * random.uniform()],
      head: "shared",
      draft,
    }],
    [promptLookup, { ngram: 1 + random.int(3), draft }],
    [mixedDraft, {}],
  ];
  const [policy, input] = arms[random.int(arms.length)]!;
  return [policy as PolicyPlugin, input];
}

/** What came of a case. */
export interface FuzzOutcome {
  /** The case in words. */
  readonly text: string;
  /** Its certificate. */
  readonly certificate: Certificate;
  /** Tokens drafted and accepted. */
  readonly drafted: number;
  /** See `drafted`. */
  readonly accepted: number;
}

/** Runs a case on a session and certifies its text; the policy says whether it is lossless. */
export async function fuzzCase(session: DecoderSession, seed: number): Promise<FuzzOutcome> {
  const random = createRandom(seed);
  const { layerCount, vocabSize } = session.model;
  const arm = randomArm(random, layerCount);
  const period = 1 + random.int(6);
  const base = Array.from({ length: period }, () => random.int(vocabSize));
  const prompt = Array.from(
    { length: 1 + random.int(16) },
    (_, i) => random.int(5) === 0 ? random.int(vocabSize) : base[i % period]!,
  );
  const eos = random.int(2) === 0 ? [random.int(vocabSize)] : [];
  const maxTokens = 1 + random.int(18);
  const context = random.int(4) === 0 ? prompt.length + random.int(8) : 40;
  const bound = bindRound(session, arm, { maxTokens, context });
  const text = await generated(session, bound, { prompt, eos, seed, item: seed });
  const certificate = await certify(session, { prompt, eos, ...text });
  const length = prompt.length + text.tokens.length - (text.ended === "eos" ? 0 : 1);
  const where = `case ${seed}: ${armText(arm)}, prompt ${prompt.join()}, limit ${maxTokens}`;
  if (text.length !== length) throw new RangeError(`${where}: cache of ${text.length} tokens`);
  if (text.ended === "limit" && text.tokens.length !== maxTokens) {
    throw new RangeError(`${where}: ended by limit after ${text.tokens.length} tokens`);
  }
  const sum = (what: "drafted" | "accepted") =>
    text.rounds.reduce((total, round) => total + round[what], 0);
  return { text: where, certificate, drafted: sum("drafted"), accepted: sum("accepted") };
}
