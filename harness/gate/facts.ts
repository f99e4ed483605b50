/**
 * The facts of a run that no clock touches: counters per token, digests of
 * outputs, scores and likelihoods, item by item.
 *
 * @module
 */
import type { ArmFacts, Counter, ItemFacts, RunFacts } from "../contract/gate.ts";
import type {
  Arm,
  FreeRecord,
  Ledger,
  LockstepRecord,
  RunRecord,
  StoredRun,
  TimedRecord,
} from "../contract/record.ts";
import { sha256Hex } from "../numerics/sha256.ts";

/** Reads the facts of a run. */
export function factsOf({ manifest, records }: StoredRun): RunFacts {
  const byArm = new Map<string, RunRecord[]>();
  for (const record of records) {
    const own = byArm.get(record.arm);
    if (own === undefined) byArm.set(record.arm, [record]);
    else own.push(record);
  }
  const { backend, model, tokenizer, harness, timedTokens, suites } = manifest;
  return {
    run: manifest.digest,
    harness,
    model: model.digest,
    modelName: model.name,
    tokenizer,
    backend: `${backend.name} ${backend.kernels}`,
    timedTokens,
    suites: suites.map(({ name, digest }) => ({ name, digest })),
    arms: manifest.arms.filter(isCompared).map((arm) => armFacts(arm, byArm.get(arm.label) ?? [])),
  };
}

/** Sentinels and controls are no one's policy. */
function isCompared({ role, aside }: Arm): boolean {
  return role !== "sentinel" && aside === undefined;
}

function armFacts(arm: Arm, records: readonly RunRecord[]): ArmFacts {
  const { label, policy, options, fill, digest, card } = arm;
  const failures = records.filter((record) => record.outcome === "failed");
  const failure = failures[0]?.message;
  const items = records.flatMap((record) => {
    if (record.outcome !== "ok" || record.repetition !== 0) return [];
    if (record.pass === "free") return [freeFacts(record)];
    return [record.pass === "timed" ? timedFacts(record) : lockstepFacts(record)];
  });
  return {
    label,
    policy,
    options,
    fill,
    digest,
    lossless: card.lossless,
    failed: failures.length,
    ...(failure === undefined ? {} : { failure }),
    items: items.toSorted((x, y) => keyOf(x) < keyOf(y) ? -1 : 1),
  };
}

/** Suite, item and pass. */
export function keyOf({ suite, item, pass }: ItemFacts): string {
  return JSON.stringify([suite, item, pass]);
}

function freeFacts(record: FreeRecord): ItemFacts {
  const { suite, item, tokens, heights, ended, score, decodeLedger, speculation } = record;
  const rounds = speculation?.rounds ?? [];
  return {
    suite,
    item,
    pass: "free",
    tokens: Math.max(0, tokens.length - 1),
    counters: countersOf(decodeLedger),
    output: digestOf(speculation === undefined ? [tokens, heights, ended] : [tokens, ended]),
    ...(score === undefined ? {} : { score }),
    ...(speculation === undefined ? {} : {
      drafted: rounds.reduce((sum, { drafted }) => sum + drafted, 0),
      accepted: rounds.reduce((sum, { accepted }) => sum + accepted, 0),
      ...(speculation.certificate?.verdict === "bug" ? { broken: true as const } : {}),
    }),
  };
}

function lockstepFacts(record: LockstepRecord): ItemFacts {
  const { suite, item, tokens, flips, heights, text, policyNll } = record;
  const nll = policyNll.reduce((sum, each) => sum + each, 0);
  return {
    suite,
    item,
    pass: "lockstep",
    tokens: tokens.length,
    output: digestOf([tokens, flips, heights]),
    ...(text === "target" && Number.isFinite(nll) ? { nll } : {}), // JSON has no infinities
  };
}

function timedFacts({ suite, item, steps, rows, decodeLedger }: TimedRecord): ItemFacts {
  return {
    suite,
    item,
    pass: "timed",
    tokens: steps * (rows ?? 1),
    counters: countersOf(decodeLedger),
  };
}

function countersOf(ledger: Ledger): Readonly<Record<Counter, number>> {
  const { attention, mlp, readouts, weightElements, macs, kvWritten, reads } = ledger;
  return { blocks: (attention + mlp) / 2, readouts, weightElements, macs, kvWritten, reads };
}

function digestOf(value: unknown): string {
  return sha256Hex(JSON.stringify(value)).slice(0, 32);
}
