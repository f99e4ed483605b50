/**
 * What a run spec names → suites, passes and arms: studies unfolded, the control added.
 *
 * A study among the suites adds its arms, and its own suites where no other is
 * named. The control is random skipping at several depths, in lockstep only; a
 * policy is later compared with the mixture of them that runs as many blocks.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";
import type { Pass } from "../harness/contract/record.ts";
import type { StudyPlugin, SuitePlugin } from "../harness/contract/suite.ts";
import type { ArmRequest, RunRequest } from "../harness/runner.ts";
import type { RunSpec } from "../harness/run_spec.ts";
import { resolveArms } from "./policy_arms.ts";
import { BUILT_IN } from "./registry.ts";
import { findSuites } from "./suite_files.ts";

/** The baseline of every run. */
const BASELINE = "full_depth";

/** Sixths of the blocks that the control runs, and eleven twelfths. */
const CONTROL_SHARES = [1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 11 / 12];

/** The parts of a run that its names decide. */
export interface NamedRun extends Pick<RunRequest, "arms" | "passes" | "studies" | "lens"> {
  /** Suites of items. */
  readonly suites: readonly SuitePlugin[];
  /** Whether oracle heights are read whatever they cost. */
  readonly oracleHeights: true | undefined;
}

/** Unfolds the names of a spec. Rejects with `UsageError` when one is unknown or comes twice. */
export async function nameRun(spec: RunSpec, model: ModelInfo): Promise<NamedRun> {
  const studies = spec.suites.flatMap((name) => studyOf(name) ?? []);
  const named = spec.suites.filter((name) => studyOf(name) === undefined);
  const own = studies.flatMap((study) => study.suites);
  const suites = await findSuites(named.length > 0 ? named : [...new Set(own)]);
  const arms = await armsOf(spec, model);
  const onlyStudies = studies.length > 0 && arms.length === 1;
  const needed = new Set(studies.flatMap((study) => study.passes));
  const passes = onlyStudies ? spec.passes.filter((pass) => needed.has(pass)) : spec.passes;
  const all = [...arms];
  for (const study of studies) await addStudy(all, { study, passes, model });
  const shown = all.slice(1).some(({ aside }) => aside === undefined);
  if (spec.noControl !== true && shown && passes.includes("lockstep")) {
    await addControl(all, model);
  }
  const lens = studies.some((study) => study.lens === true) ? true : undefined;
  return {
    suites,
    passes,
    arms: [all[0]!, ...all.slice(1)],
    ...(studies.length === 0 ? {} : { studies: studies.map(({ name }) => name) }),
    lens,
    oracleHeights: lens ?? spec.oracleHeights,
  };
}

function studyOf(name: string): StudyPlugin | undefined {
  return BUILT_IN.studies.names.includes(name) ? BUILT_IN.studies.find(name) : undefined;
}

/** Full depth first, whether it was named or not. */
async function armsOf(
  { policies, allowTransfer }: RunSpec,
  model: ModelInfo,
): Promise<readonly ArmRequest[]> {
  const context = { policies: BUILT_IN.policies, model, allowTransfer };
  const named = await resolveArms(policies, context);
  const isBaseline = (arm: ArmRequest) => arm.label === BASELINE;
  const [baseline] = named.some(isBaseline)
    ? named.filter(isBaseline)
    : await resolveArms([BASELINE], context);
  return [baseline!, ...named.filter((arm) => !isBaseline(arm))];
}

/** Adds a study's arms; one that is there already takes part in the passes of both. */
async function addStudy(
  arms: ArmRequest[],
  { study, passes, model }: {
    readonly study: StudyPlugin;
    readonly passes: readonly Pass[];
    readonly model: ModelInfo;
  },
): Promise<void> {
  for (const each of study.arms(model)) {
    const [arm] = await resolveArms([each.policy], { policies: BUILT_IN.policies, model });
    const wanted = (each.passes ?? study.passes).filter((pass) => passes.includes(pass));
    const at = arms.findIndex(({ label }) => label === arm!.label);
    const there = arms[at];
    if (there === undefined) {
      arms.push({ ...arm!, passes: wanted, ...(each.shown ? {} : { aside: "study" }) });
    } else if (there.passes !== undefined) {
      arms[at] = { ...there, passes: [...new Set([...there.passes, ...wanted])] };
    }
  }
}

async function addControl(arms: ArmRequest[], model: ModelInfo): Promise<void> {
  const depths = CONTROL_SHARES.map((share) => Math.round(share * model.layerCount));
  for (const blocks of new Set(depths)) {
    if (blocks < 2 || blocks >= model.layerCount) continue;
    const [arm] = await resolveArms([`random_skip(blocks=${blocks})`], {
      policies: BUILT_IN.policies,
      model,
    });
    if (arms.some(({ label }) => label === arm!.label)) continue;
    arms.push({ ...arm!, passes: ["lockstep"], aside: "control" });
  }
}
