/**
 * Checks of a file of trained parts: its layout, its base model, its policies.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError, UsageError } from "../harness/contract/errors.ts";
import type { ModelInfo } from "../harness/contract/model.ts";
import type { Finding } from "../harness/conformance/finding.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { requireParts } from "../harness/decode/needed_parts.ts";
import { embeddedModels } from "../models/embedded/mod.ts";
import { openModel } from "../models/mod.ts";
import { type PartsFile, partsFor, readParts } from "../models/parts/read_parts.ts";
import { sentenceOf } from "./exit_code.ts";
import { loadModel } from "./model_files.ts";
import { partsSource } from "./parts_files.ts";
import { resolveArms } from "./policy_arms.ts";
import { BUILT_IN } from "./registry.ts";

/** Checks the parts at a path, or embedded ones; against a model by name or path, if given. */
export async function checkPartsFile(
  name: string,
  modelName: string | undefined,
): Promise<readonly Finding[]> {
  const named = modelName === undefined ? undefined : (await loadModel(modelName)).checkpoint.info;
  const source = await partsSource(name, named);
  let file: PartsFile;
  try {
    file = await readParts(source);
  } catch (error) {
    if (!(error instanceof ModelFormatError || error instanceof UnsupportedError)) throw error;
    return [{ check: "layout", ok: false, message: sentenceOf(error) }];
  }
  const { base } = file.layout;
  const { probes, heads } = file.parts;
  const findings: Finding[] = [{
    check: "layout",
    ok: true,
    message: `${probes.length} probes and ${heads.length} heads, ${file.values} values`,
  }];
  const model = named ?? await embeddedModel(base.digest);
  if (model === undefined) {
    const message =
      `fits ${base.layerCount} blocks × ${base.dModel}; name the model by --model to compare it`;
    return [...findings, { check: "base model", ok: true, message }];
  }
  findings.push(attempt("base model", `trained on model "${model.name}"`, () => {
    partsFor(file, model);
    if (
      base.layerCount !== model.layerCount || base.dModel !== model.dModel ||
      base.vocabSize !== model.vocabSize
    ) {
      throw new UsageError(
        `Cannot use trained parts of ${base.layerCount} blocks × ${base.dModel}, vocabulary ` +
          `${base.vocabSize}: expected the sizes of model "${model.name}": correct "base"`,
      );
    }
  }));
  for (const spec of file.layout.policies ?? []) {
    findings.push(await policyFinding(spec, file, model));
  }
  return findings;
}

async function embeddedModel(digest: string): Promise<ModelInfo | undefined> {
  for (const { source } of embeddedModels) {
    const { info } = (await openModel(await source())).checkpoint;
    if (info.digest === digest) return info;
  }
  return undefined;
}

function attempt(check: string, holds: string, body: () => void): Finding {
  try {
    body();
    return { check, ok: true, message: holds };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { check, ok: false, message: sentenceOf(error) };
  }
}

/** Whether a policy that the file names is a built-in one and finds its parts there. */
async function policyFinding(spec: string, file: PartsFile, model: ModelInfo): Promise<Finding> {
  const check = "policy";
  try {
    const arms = await resolveArms([spec], { policies: BUILT_IN.policies, model });
    const limits = { maxTokens: 1, context: model.context };
    for (const { plugin, options, fill } of arms) {
      requireParts(bindPolicy(plugin, { options, fill, model, limits }), file.parts);
    }
    return { check, ok: true, message: spec };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { check, ok: false, message: sentenceOf(error) };
  }
}
