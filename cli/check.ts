/**
 * The `check` command: conformance of a policy file.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { OptionInput } from "../harness/contract/options.ts";
import { parsePolicySpecs } from "../harness/spec_text.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { checkPolicyFile } from "./policy_check.ts";
import { oneLine } from "./terminal_text.ts";

/** Longest silence of a policy by default, seconds. */
const LIMIT_SECONDS = 10;

/** The `check` command. */
export const checkCommand: Command = {
  name: "check",
  summary: "Check that a policy file keeps the contract",
  usage: "check <policy.ts> [--time-limit <seconds>] [--json]",
  details: `Options may be given as in a run: check './my_policy.ts(threshold=0.5)'. The file runs
in a worker that may read its own folder and nothing else.`,
  flags: {
    "time-limit": {
      kind: "number",
      value: "<seconds>",
      help: `Longest silence of the policy in one check; default ${LIMIT_SECONDS}`,
    },
    json: { kind: "switch", help: "Writes one JSON array of findings" },
  },
  positional: { least: 1, most: 1 },
  async run({ positional: [text = ""], flags }, io): Promise<number> {
    const { path, options } = readSpec(text);
    const seconds = flags.number("time-limit") ?? LIMIT_SECONDS;
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new UsageError(
        `Cannot read flag "--time-limit": must be > 0 and <= 3600: current value is ${seconds}`,
      );
    }
    const findings = await checkPolicyFile(path, { options, limitMs: 1000 * seconds });
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
