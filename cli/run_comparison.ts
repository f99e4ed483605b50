/**
 * Two runs side by side: what differs between arms that both have.
 *
 * Differences are B − A of point estimates, except for times, where B ÷ A is
 * meant by "ratio". Times of different machines, models or kernels are not
 * compared, qualities of different items neither; the reasons are listed.
 *
 * @module
 */
import type { Manifest } from "../harness/contract/record.ts";
import type { ArmSummary, Summary } from "../harness/contract/summary.ts";

/** One number of one arm in both runs. */
export interface ComparedNumber {
  /** Arm label in run A. */
  readonly arm: string;
  /** What the number is, with its unit. */
  readonly metric: string;
  /** In run A. */
  readonly a: number;
  /** In run B. */
  readonly b: number;
  /** b − a. */
  readonly difference: number;
}

/** Two runs compared. */
export interface RunComparison {
  /** Why wall times are not compared; empty when they are. */
  readonly timesNotComparable: readonly string[];
  /** Why qualities of some suites are not compared. */
  readonly qualityNotComparable: readonly string[];
  /** Numbers of arms in both. */
  readonly numbers: readonly ComparedNumber[];
  /** Labels only in run A. */
  readonly onlyA: readonly string[];
  /** Labels only in run B. */
  readonly onlyB: readonly string[];
}

/** Compares run B with run A. */
export function compareRuns(a: Summary, b: Summary): RunComparison {
  const timesNotComparable = timeReasons(a.manifest, b.manifest);
  const otherModel = a.manifest.model.digest !== b.manifest.model.digest
    ? ["the models differ"]
    : [];
  const otherSuites = suiteReasons(a.manifest, b.manifest);
  const inB = new Map(b.arms.map((arm) => [identity(b.manifest, arm), arm]));
  const numbers: ComparedNumber[] = [];
  const onlyA: string[] = [];
  const met = new Set<string>();
  for (const arm of a.arms) {
    const key = identity(a.manifest, arm);
    const other = inB.get(key);
    if (other === undefined) {
      onlyA.push(arm.label);
      continue;
    }
    met.add(key);
    const metrics = metricsOf(arm, {
      withTimes: timesNotComparable.length === 0,
      suites: new Set(comparableSuites(a.manifest, b.manifest)),
    });
    const others = new Map(metricsOf(other, { withTimes: true, suites: undefined }));
    for (const [metric, value] of metrics) {
      const there = others.get(metric);
      if (there === undefined) continue;
      numbers.push({ arm: arm.label, metric, a: value, b: there, difference: there - value });
    }
  }
  return {
    timesNotComparable,
    qualityNotComparable: [...otherModel, ...otherSuites],
    numbers,
    onlyA,
    onlyB: b.arms.filter((arm) => !met.has(identity(b.manifest, arm))).map((arm) => arm.label),
  };
}

/** Equal for arms of one policy, options and fill, however they were written. */
function identity(manifest: Manifest, { label }: ArmSummary): string {
  const arm = manifest.arms.find((each) => each.label === label);
  if (arm === undefined) return label;
  const options = Object.entries(arm.options).sort(([x], [y]) => x < y ? -1 : 1);
  return JSON.stringify([arm.policy, options, arm.fill]);
}

function timeReasons(a: Manifest, b: Manifest): readonly string[] {
  const reasons: string[] = [];
  const differs = (what: string, x: unknown, y: unknown) => {
    if (JSON.stringify(x) !== JSON.stringify(y)) reasons.push(`${what} differ`);
  };
  differs("the models", a.model.digest, b.model.digest);
  differs("the backends", [a.backend.name, a.backend.kernels], [b.backend.name, b.backend.kernels]);
  differs("the backends' features", a.backend.features, b.backend.features);
  for (const name of ["cpu", "cores", "memoryBytes", "os", "runtime"] as const) {
    differs(`the machines' ${name}`, a.environment[name], b.environment[name]);
  }
  differs("the timed tokens", a.timedTokens, b.timedTokens);
  differs("the suites", a.suites.map((it) => it.digest), b.suites.map((it) => it.digest));
  return reasons;
}

function comparableSuites(a: Manifest, b: Manifest): readonly string[] {
  return a.suites.filter((suite) => b.suites.some((other) => other.digest === suite.digest))
    .map((suite) => suite.name);
}

function suiteReasons(a: Manifest, b: Manifest): readonly string[] {
  const same = comparableSuites(a, b);
  return a.suites.filter(({ name }) =>
    !same.includes(name) && b.suites.some((other) => other.name === name)
  ).map(({ name }) => `suite "${name}" has other items`);
}

function metricsOf(
  arm: ArmSummary,
  { withTimes, suites }: {
    readonly withTimes: boolean;
    readonly suites: ReadonlySet<string> | undefined;
  },
): readonly (readonly [string, number])[] {
  const { fidelity, cost, speed } = arm;
  const found: (readonly [string, number | undefined])[] = [
    ...arm.quality.filter((it) => suites?.has(it.suite) ?? true).map((it) =>
      [`${it.suite} ${it.metric === "nll" ? "[nats/token]" : "score"}`, it.value.value] as const
    ),
    ["agreement [share]", fidelity?.agreement.value],
    ["KL [nats/token]", fidelity?.kl.value],
    ["exit rate [share]", arm.exitRate],
    ["blocks run [per token]", cost?.blocksRun.value],
    ["MACs [of full depth]", cost?.macs],
    ["weights [of full depth]", cost?.weights],
    ["readouts [per token]", cost?.readouts],
    ["KV written [of full depth]", cost?.kvWritten],
    ["decode [ms/token]", withTimes ? speed?.decodeMs.value : undefined],
    ["speed-up [×]", withTimes ? speed?.perPrompt.value : undefined],
  ];
  return found.flatMap(([metric, value]) => value === undefined ? [] : [[metric, value] as const]);
}
