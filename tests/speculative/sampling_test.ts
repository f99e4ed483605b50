import { assert } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import type { DecoderSession, PolicyPlugin } from "../../harness/contract/mod.ts";
import {
  type Acceptance,
  acceptSampled,
  residualLaw,
  type SampledRound,
} from "../../harness/decode/speculate/acceptance.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import { drawFrom, samplingLaw } from "../../harness/numerics/sampling.ts";
import { syntheticModel } from "../../models/synthetic.ts";
import { layerSkip, promptLookup, valadeDraft } from "../../policies/speculative/mod.ts";
import { bindRound } from "./_arms.ts";
import { generated } from "./_generated.ts";

const VOCABULARY = 4;
const LENGTH = 3;
const SAMPLES = 20_000;

/**
 * P(χ² ≥ value) for many degrees of freedom, by Wilson and Hilferty's cube root:
 * error below 0.0005 for 10 degrees or more.
 */
function chiSquareTail(value: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  const z = (Math.cbrt(value / degrees) - (1 - spread)) / Math.sqrt(spread);
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = poly * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  return z > 0 ? tail : 1 - tail;
}

/** χ² of counts against an exact law; outcomes expected less than 5 times are pooled. */
function pValue(counts: ReadonlyMap<string, number>, law: ReadonlyMap<string, number>): number {
  let value = 0;
  let cells = 0;
  let pooledCount = 0;
  let pooledLaw = 0;
  const add = (count: number, expected: number) => {
    value += (count - expected) ** 2 / expected;
    cells++;
  };
  for (const [outcome, probability] of law) {
    const expected = SAMPLES * probability;
    const count = counts.get(outcome) ?? 0;
    if (expected >= 5) add(count, expected);
    else {
      pooledCount += count;
      pooledLaw += expected;
    }
  }
  if (pooledLaw > 0) add(pooledCount, pooledLaw);
  for (const outcome of counts.keys()) assert(law.has(outcome), `impossible: ${outcome}`);
  return chiSquareTail(value, cells - 1);
}

type LawOf = (prefix: readonly number[]) => Float64Array;

/** Exact law of texts of `LENGTH` tokens. */
function enumerate(lawOf: LawOf): ReadonlyMap<string, number> {
  const law = new Map<string, number>();
  const walk = (prefix: readonly number[], probability: number) => {
    if (prefix.length === LENGTH) {
      law.set(prefix.join(), probability);
      return;
    }
    lawOf(prefix).forEach((p, token) => {
      if (p > 0) walk([...prefix, token], probability * p);
    });
  };
  walk([], 1);
  return law;
}

/** Seeded laws by prefix, p's and q's apart. */
function tableOf(seed: number): LawOf {
  const laws = new Map<string, Float64Array>();
  return (prefix) => {
    const key = prefix.join();
    let law = laws.get(key);
    if (law === undefined) {
      const random = createRandom(seed + 97 * prefix.reduce((sum, t) => 5 * sum + t + 1, 0));
      const raw = Float64Array.from({ length: VOCABULARY }, () => random.uniform() ** 3);
      const mass = raw.reduce((sum, value) => sum + value, 0);
      laws.set(key, law = raw.map((value) => value / mass));
    }
    return law;
  };
}

/** Counts of texts made by rounds over tables, with a rule of acceptance. */
function sampleTables(
  accept: (drafted: readonly number[], round: SampledRound) => Acceptance,
): { readonly counts: Map<string, number>; readonly law: ReadonlyMap<string, number> } {
  const p = tableOf(1);
  const q = tableOf(2);
  const random = createRandom(5);
  const counts = new Map<string, number>();
  for (let i = 0; i < SAMPLES; i++) {
    const text: number[] = [];
    while (text.length < LENGTH) {
      const drafted: number[] = [];
      const drafts: (Float64Array | undefined)[] = [];
      const most = LENGTH - text.length - 1;
      for (let d = 0; d < Math.min(2, most); d++) {
        const law = q([...text, ...drafted]);
        // Every other draft is the likeliest token, without a law.
        const known = (text.length + d) % 2 === 1;
        drafts.push(known ? undefined : law);
        drafted.push(known ? law.indexOf(Math.max(...law)) : drawFrom(law, random.uniform()));
      }
      const targets = Array.from(
        { length: drafted.length + 1 },
        (_, d) => p([...text, ...drafted.slice(0, d)]),
      );
      const { accepted, next } = accept(drafted, {
        targets,
        drafts,
        uniform: () => random.uniform(),
      });
      text.push(...drafted.slice(0, accepted), next);
    }
    const key = text.join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { counts, law: enumerate(p) };
}

Deno.test("acceptSampled() gives full depth's law, by chi-square over all texts of three tokens", () => {
  const { counts, law } = sampleTables(acceptSampled);
  assert(pValue(counts, law) > 0.001);
});

const BROKEN: Readonly<Record<string, typeof acceptSampled>> = {
  "draws from p after a rejection": (drafted, round) => {
    const { accepted, next } = acceptSampled(drafted, round);
    return accepted === drafted.length
      ? { accepted, next }
      : { accepted, next: drawFrom(round.targets[accepted]!, round.uniform("next", accepted)) };
  },
  "leaves only the token out of the residual": (drafted, round) => {
    const { accepted, next } = acceptSampled(drafted, round);
    if (accepted === drafted.length) return { accepted, next };
    const law = residualLaw(round.targets[accepted]!, drafted[accepted]!);
    return { accepted, next: drawFrom(law, round.uniform("next", accepted)) };
  },
  "accepts with probability p": (drafted, round) => {
    for (let i = 0; i < drafted.length; i++) {
      if (round.uniform("accept", i) < round.targets[i]![drafted[i]!]!) continue;
      const law = residualLaw(round.targets[i]!, round.drafts[i] ?? drafted[i]!);
      return { accepted: i, next: drawFrom(law, round.uniform("next", i)) };
    }
    const last = drafted.length;
    return { accepted: last, next: drawFrom(round.targets[last]!, round.uniform("next", last)) };
  },
};

for (const [how, accept] of Object.entries(BROKEN)) {
  Deno.test(`the chi-square test rejects a rule that ${how}`, () => {
    const { counts, law } = sampleTables(accept);
    assert(pValue(counts, law) < 0.001);
  });
}

const EDITS = { temperature: 0.7, topP: 0.95 };
const PROMPT = [1, 3, 1, 2, 3];

/** Full depth's edited law after the prompt and a prefix. */
async function modelLaws(session: DecoderSession): Promise<LawOf> {
  const laws = new Map<string, Float64Array>();
  const prefixes: number[][] = [[]];
  for (const prefix of prefixes) {
    const slot = session.newSlot();
    const step = session.begin(
      [...PROMPT, ...prefix].map((token, position) => ({ slot, position, token, phase: "decode" })),
    );
    step.run({ from: 0, to: session.model.layerCount }, "block");
    const logits = await step.readLogits({ head: "shared" }, [step.rowCount - 1]);
    const law = new Float64Array(VOCABULARY);
    samplingLaw(law, logits, EDITS);
    step.commit();
    session.release(slot);
    laws.set(prefix.join(), law);
    if (prefix.length === LENGTH - 1) continue;
    for (let token = 0; token < VOCABULARY; token++) prefixes.push([...prefix, token]);
  }
  return (prefix) => laws.get(prefix.join())!;
}

for (
  const [policy, input] of [
    [layerSkip, { exit: 1, draft: 2 }],
    [valadeDraft, { at: [1], thresholds: [1.1], head: "shared" }],
    [promptLookup, { ngram: 1, draft: 2 }],
  ] as const
) {
  Deno.test(`${policy.name} draws texts from full depth's law, by chi-square`, async () => {
    const session = await cpuBackend.open(
      syntheticModel({
        layerCount: 2,
        dModel: 8,
        heads: 2,
        kvHeads: 1,
        headDim: 4,
        ffnSize: 8,
        vocabSize: VOCABULARY,
        context: 12,
        tiedHead: false,
        seed: 9,
      }).checkpoint,
      { slots: 2, context: 12 },
    );
    const law = enumerate(await modelLaws(session));
    const bound = bindRound(session, [policy as PolicyPlugin, input], { maxTokens: LENGTH });
    const sampler = { ...EDITS, uniform: () => NaN };
    const counts = new Map<string, number>();
    for (let seed = 0; seed < SAMPLES; seed++) {
      const { tokens } = await generated(session, bound, { prompt: PROMPT, seed, sampler });
      const key = tokens.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    session.close();
    const p = pValue(counts, law);
    assert(p > 0.001, `p = ${p}`);
  });
}
