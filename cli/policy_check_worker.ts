/**
 * The worker side of {@linkcode checkPolicyFile}: loads the file, checks the
 * policy, names each check as it begins.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { OptionInput } from "../harness/contract/options.ts";
import { conformPolicy, type Finding } from "../harness/conformance/policy.ts";
import { loadPolicyFile } from "./policy_files.ts";
import { sentenceOf } from "./exit_code.ts";

/** What the worker is asked for. */
export interface CheckRequest {
  /** Path of the policy file, or its `file:` URL. */
  readonly path: string;
  /** Options to try beside the samples. */
  readonly options: OptionInput;
}

/** What the worker says. */
export type CheckReply =
  | { readonly kind: "ready" }
  | { readonly kind: "loaded"; readonly name: string }
  | { readonly kind: "check"; readonly name: string }
  | { readonly kind: "done"; readonly findings: readonly Finding[] };

const say = (reply: CheckReply) => self.postMessage(reply);

self.onmessage = async ({ data }: MessageEvent<CheckRequest>) => {
  say({ kind: "done", findings: await findingsOf(data) });
};
say({ kind: "ready" });

async function findingsOf({ path, options }: CheckRequest): Promise<readonly Finding[]> {
  try {
    const { plugin } = await loadPolicyFile(path);
    say({ kind: "loaded", name: String(plugin.name) });
    return await conformPolicy(plugin, {
      options,
      onCheck: (name) => say({ kind: "check", name }),
    });
  } catch (error) {
    return [{ check: "load", ok: false, message: sentenceOf(error) }];
  }
}
