/**
 * The `check` command: conformance of a policy file, layout of a file of trained parts.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { OptionInput } from "../harness/contract/options.ts";
import type { Finding } from "../harness/conformance/finding.ts";
import { parsePolicySpecs } from "../harness/spec_text.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { checkPartsFile } from "./parts_check.ts";
import { checkPolicyFile } from "./policy_check.ts";
import { oneLine } from "./terminal_text.ts";

/** Longest silence of a policy by default, seconds. */
const LIMIT_SECONDS = 10;

/** The `check` command. */
export const checkCommand: Command = {
  name: "check",
  summary: "Check that a policy file keeps the contract, or trained parts their layout",
  usage: "check <policy.ts> | check --parts <file> [--model <model>]",
  details: `Options may be given as in a run: check './my_policy.ts(threshold=0.5)'. The file runs
in a worker that may read its own folder and nothing else.`,
  flags: {
    "time-limit": {
      kind: "number",
      value: "<seconds>",
      help: `Longest silence of the policy in one check; default ${LIMIT_SECONDS}`,
    },
    parts: { kind: "text", value: "<file>", help: "Trained parts to check, or embedded:<set>" },
    model: { kind: "text", value: "<model>", help: "Model that the parts must have been made for" },
    json: { kind: "switch", help: "Writes one JSON array of findings" },
  },
  positional: { least: 0, most: 1 },
  async run({ positional: [text], flags }, io): Promise<number> {
    const seconds = flags.number("time-limit") ?? LIMIT_SECONDS;
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new UsageError(
        `Cannot read flag "--time-limit": must be > 0 and <= 3600: current value is ${seconds}`,
      );
    }
    const parts = flags.text("parts");
    if ((text === undefined) === (parts === undefined)) {
      throw new UsageError("Cannot check: expected one policy file, or --parts and one file");
    }
    const findings = parts === undefined
      ? await checkPolicy(text!, seconds)
      : await checkPartsFile(parts, flags.text("model"));
    const failed = findings.filter((finding) => !finding.ok);
    if (flags.has("json")) {
      io.write(`${JSON.stringify(findings, null, 2)}\n`);
    } else {
      for (const { check, ok, message } of findings) {
        if (ok) io.write(`ok      ${check}: ${oneLine(message)}\n`);
        else io.write(`failed  ${check}\n`);
      }
    }
    for (const { message } of failed) io.say(oneLine(message));
    return failed.length > 0 ? EXIT.input : EXIT.done;
  },
};

async function checkPolicy(text: string, seconds: number): Promise<readonly Finding[]> {
  const { path, options } = readSpec(text);
  return await checkPolicyFile(path, { options, limitMs: 1000 * seconds });
}

/** A path as it is, or a spec with options. */
function readSpec(text: string): { readonly path: string; readonly options: OptionInput } {
  const isPlain = !text.includes("(") || isFile(text);
  if (isPlain) return { path: text, options: {} };
  const specs = parsePolicySpecs(text);
  const [spec] = specs;
  if (specs.length !== 1 || spec?.source.kind !== "path") {
    throw new UsageError(
      `Cannot check "${oneLine(text)}": expected one policy file, such as "./my_policy.ts"`,
    );
  }
  return { path: spec.source.path, options: spec.options };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
