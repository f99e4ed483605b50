/**
 * Runs policy conformance in a thread that can be ended from outside.
 *
 * In: the URL of a module whose default export is a policy. Out: `{ check }` as
 * each check begins, `{ findings }` at the end.
 *
 * @module
 */
import { conformPolicy } from "../../harness/conformance/policy.ts";

declare const self: Worker;

self.onmessage = async ({ data }: MessageEvent<string>): Promise<void> => {
  const module: { readonly default: unknown } = await import(data);
  const findings = await conformPolicy(module.default, {
    onCheck: (check) => self.postMessage({ check }),
  });
  self.postMessage({ findings });
};
