/**
 * Acceptance of an arm's drafts, over all rounds of its free pass, and its formula
 * against the clock of its timed pass.
 *
 *     acceptance       Σ accepted / Σ drafted
 *     α                Σ accepted / (Σ accepted + rounds with a rejection)
 *     tokens per round (Σ accepted + rounds) / rounds
 *
 * The last holds for whole rounds: a text's end cuts some. Intervals are clustered by
 * prompt; those by place are Wilson's over rounds.
 *
 * @module
 */
import type { DraftGrid, DraftingView, DraftSpeed } from "../../contract/drafting_view.ts";
import type { FreeRecord, TimedRecord } from "../../contract/record.ts";
import type { Certificate, DraftRound } from "../../contract/round_record.ts";
import { sum } from "../../numerics/moments.ts";
import { wilsonInterval } from "../../numerics/proportion.ts";
import { type BootstrapOptions, bootstrapRatios } from "../bootstrap.ts";
import { clusterBy, estimateOf } from "../clusters.ts";
import type { ArmRecords } from "../run_view.ts";
import { breakEvenAlpha, expectedSpeedUp } from "./speed_up_formula.ts";

interface Counts {
  readonly rounds: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly rejected: number;
}

function countsOf(rounds: readonly DraftRound[]): Counts {
  return {
    rounds: rounds.length,
    drafted: sum(rounds.map(({ drafted }) => drafted)),
    accepted: sum(rounds.map(({ accepted }) => accepted)),
    rejected: rounds.filter(({ accepted, drafted }) => accepted < drafted).length,
  };
}

function placesOf(rounds: readonly DraftRound[]): DraftingView["places"] {
  const places: DraftingView["places"][number][] = [];
  for (let place = 1;; place++) {
    const there = rounds.filter(({ drafted, accepted }) =>
      drafted >= place && accepted >= place - 1
    );
    if (there.length === 0) return places;
    const accepted = there.filter((round) => round.accepted >= place).length;
    places.push({
      place,
      examined: there.length,
      rate: { ...wilsonInterval(accepted, there.length), clusters: there.length },
    });
  }
}

function certificatesOf(free: readonly FreeRecord[]): Pick<DraftingView, "certificates"> {
  const verdicts = free.flatMap(({ speculation }) => speculation?.certificate?.verdict ?? []);
  if (verdicts.length === 0) return {};
  const count = (wanted: Certificate["verdict"]) =>
    verdicts.filter((verdict) => verdict === wanted).length;
  return {
    certificates: {
      identical: count("identical"),
      nearTie: count("near-tie"),
      bug: count("bug"),
    },
  };
}

/** The formula against the clock; `undefined` where nothing was timed. */
function speedOf(
  timed: readonly TimedRecord[],
  baseline: readonly TimedRecord[],
): DraftSpeed | undefined {
  const visits = timed.flatMap((record) =>
    record.speculation === undefined ? [] : [{ record, speculation: record.speculation }]
  );
  const rounds = visits.flatMap(({ speculation }) => speculation.rounds);
  const own = new Set(visits.map(({ record }) => `${record.suite}/${record.item}`));
  const steps = baseline.filter(({ suite, item }) => own.has(`${suite}/${item}`));
  if (rounds.length === 0 || steps.length === 0) return undefined;
  const per = (value: (visit: (typeof visits)[number]) => number) =>
    sum(visits.map(value)) / rounds.length;
  const stepMs = sum(steps.map(({ decodeMs }) => decodeMs)) /
    sum(steps.map((record) => record.steps));
  const draftMs = per(({ speculation }) => speculation.draftMs);
  const verifyMs = per(({ speculation }) => speculation.verifyMs);
  const measureMs = per(({ speculation }) => speculation.measureMs);
  const roundMs = per(({ record }) => record.decodeMs);
  const { drafted, accepted, rejected } = countsOf(rounds);
  const draft = drafted / rounds.length;
  const costs = {
    draft,
    draftCost: drafted === 0 ? 0 : draftMs / draft / stepMs,
    verifyCost: verifyMs / stepMs,
  };
  const alpha = accepted + rejected === 0 ? 0 : accepted / (accepted + rejected);
  const expected = expectedSpeedUp(alpha, costs);
  const breakEven = breakEvenAlpha(costs);
  return {
    times: {
      draftMs,
      verifyMs,
      measureMs,
      restMs: roundMs - draftMs - verifyMs - measureMs,
      stepMs,
    },
    draftCost: costs.draftCost,
    verifyCost: costs.verifyCost,
    expected,
    measured: sum(visits.map(({ record }) => record.steps)) * stepMs /
      sum(visits.map(({ record }) => record.decodeMs)),
    ...(breakEven === undefined ? {} : { breakEven }),
    ...(expected >= 1 ? {} : { limit: breakEven === undefined ? "cost" : "acceptance" }),
  };
}

/** Drafts of an arm; `undefined` for arms that draft nothing. */
export function draftingOf(
  { arm, free, timed }: ArmRecords,
  { baseline, resampling }: {
    readonly baseline: ArmRecords;
    readonly resampling: BootstrapOptions;
  },
): DraftingView | undefined {
  if (arm.scope !== "round") return undefined;
  const drafting = free.filter(({ speculation }) => (speculation?.rounds.length ?? 0) > 0);
  const { values, starts } = clusterBy(drafting, ({ suite, group }) => `${suite}/${group}`);
  if (values.length === 0) return undefined;
  const counts = values.map(({ speculation }) => countsOf(speculation!.rounds));
  const rounds = values.flatMap(({ speculation }) => speculation!.rounds);
  const total = countsOf(rounds);
  const ratio = (over: (each: Counts) => number, under: (each: Counts) => number) => ({
    numerators: counts.map(over),
    denominators: counts.map(under),
    scale: "linear" as const,
  });
  const none = { value: NaN, low: NaN, high: NaN, clusters: 0 };
  const estimates = total.drafted === 0 ? undefined : bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      ratio(({ accepted }) => accepted, ({ drafted }) => drafted),
      ratio(({ accepted }) => accepted, ({ accepted, rejected }) => accepted + rejected),
    ],
  }, resampling);
  const [perRound] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [ratio(({ accepted, rounds }) => accepted + rounds, ({ rounds }) => rounds)],
  }, resampling);
  const drafts = rounds.filter(({ drafted }) => drafted > 0);
  const decode = sum(drafting.map(({ decodeLedger }) => decodeLedger.macs));
  const speed = speedOf(timed, baseline.timed);
  return {
    rounds: total.rounds,
    drafted: total.drafted,
    accepted: total.accepted,
    acceptance: estimates === undefined ? none : estimateOf(estimates[0]!, { min: 0, max: 1 }),
    alpha: estimates === undefined ? none : estimateOf(estimates[1]!, { min: 0, max: 1 }),
    tokensPerRound: estimateOf(perRound!, { min: 1 }),
    draftLength: total.drafted / total.rounds,
    ...(drafts.length === 0 ? {} : {
      height: sum(drafts.map(({ height, drafted }) => (height ?? 0) * drafted)) / total.drafted,
    }),
    draftShare: decode === 0
      ? 0
      : sum(drafting.map(({ speculation }) => speculation!.draftLedger.macs)) / decode,
    places: placesOf(rounds),
    ...certificatesOf(free),
    ...(speed === undefined ? {} : { speed }),
  };
}

/** Grids of depth × draft length, of policies with at least four settings of both. */
export function draftGridsOf(
  arms: readonly { readonly records: ArmRecords; readonly drafting: DraftingView | undefined }[],
): readonly DraftGrid[] {
  const cells = new Map<string, DraftGrid["cells"][number][]>();
  for (const { records: { arm }, drafting } of arms) {
    const { exit, draft } = arm.options;
    if (drafting === undefined || typeof exit !== "number" || typeof draft !== "number") continue;
    const list = cells.get(arm.policy) ?? [];
    cells.set(arm.policy, list);
    list.push({
      exit,
      draft,
      acceptance: drafting.acceptance.value,
      ...(drafting.speed === undefined ? {} : { speedUp: drafting.speed.measured }),
      arm: arm.label,
    });
  }
  const distinct = (values: readonly number[]) => new Set(values).size;
  return [...cells].flatMap(([policy, list]) =>
    distinct(list.map(({ exit }) => exit)) > 1 && distinct(list.map(({ draft }) => draft)) > 1
      ? [{ policy, cells: list }]
      : []
  );
}
