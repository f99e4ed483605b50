/**
 * Where a run takes place: machine, system, runtime, clock. Nothing here names
 * a person, a host or a path. What may not be asked is "unknown".
 *
 * @module
 */
import { cpus } from "node:os";
import type { Environment } from "../harness/contract/record.ts";
import { measureClock } from "../harness/measure/clock.ts";

/** Reads the environment; needs `--allow-sys=cpus,osRelease,loadavg,systemMemoryInfo`. */
export function readEnvironment(): Environment {
  const processors = ask("cpus", cpus);
  const load = ask("loadavg", Deno.loadavg)?.[0];
  const clock = measureClock();
  return {
    cpu: processors?.[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: ask("systemMemoryInfo", Deno.systemMemoryInfo)?.total ?? 0,
    os: `${Deno.build.os} ${Deno.build.arch} ${ask("osRelease", Deno.osRelease) ?? "unknown"}`,
    runtime: `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
    ...(load === undefined ? {} : { loadAverage: load }),
    clockStepMs: clock.stepMs,
    clockCostMs: clock.costMs,
  };
}

/** The answer, or `undefined` where the permission is missing. */
function ask<T>(kind: Deno.SysPermissionDescriptor["kind"], get: () => T): T | undefined {
  return Deno.permissions.querySync({ name: "sys", kind: kind! }).state === "granted"
    ? get()
    : undefined;
}
