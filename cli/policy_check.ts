/**
 * Conformance of a policy file in a worker of its own: it may read the package
 * and the file's folder and nothing else, and a policy that never answers is
 * stopped and reported.
 *
 * @module
 */
import type { OptionInput } from "../harness/contract/options.ts";
import { type Finding, hungFinding } from "../harness/conformance/policy.ts";
import type { CheckReply, CheckRequest } from "./policy_check_worker.ts";
import { policyFileUrl } from "./policy_files.ts";

/** What is checked, and how long one check may take. */
export interface PolicyCheckOptions {
  /** Options to try beside the samples. */
  readonly options: OptionInput;
  /** Longest silence of the policy, ms. */
  readonly limitMs: number;
}

/** Checks the policy in the file at `path`; rejects only when the check itself cannot run. */
export function checkPolicyFile(
  path: string,
  { options, limitMs }: PolicyCheckOptions,
): Promise<readonly Finding[]> {
  const file = policyFileUrl(path);
  const worker = new Worker(new URL("./policy_check_worker.ts", import.meta.url), {
    type: "module",
    deno: {
      permissions: { read: [new URL("../", import.meta.url), new URL("./", file)] },
    },
  });
  return new Promise((resolve, reject) => {
    let last = "load";
    let name = path.split(/[\\/]/).at(-1) ?? path;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (findings: readonly Finding[]) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(findings);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => end([hungFinding(last, { name, seconds: limitMs / 1000 })]),
        limitMs,
      );
    };
    worker.onmessage = ({ data }: MessageEvent<CheckReply>) => {
      switch (data.kind) {
        case "ready":
          worker.postMessage({ path, options } satisfies CheckRequest);
          return wait();
        case "loaded":
          name = data.name;
          return wait();
        case "check":
          last = data.name;
          return wait();
        case "done":
          return end(data.findings);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      clearTimeout(timer);
      worker.terminate();
      reject(new Error(event.message));
    };
  });
}
