/**
 * Where a bench ran: environment, CPU flags that decide which kernels run, commit.
 *
 * The flags come from `/proc/cpuinfo`, which Deno lets no program read but those
 * with all permissions, so `cat` reads it; elsewhere they are "unknown".
 *
 * @module
 */
import { readEnvironment } from "../cli/environment.ts";
import type { Environment } from "../harness/contract/record.ts";

/** A machine as benches name it. */
export interface Machine {
  /** Processor, system, runtime, clock. */
  readonly environment: Environment;
  /** Vector extensions of the processor, space-separated. */
  readonly cpuFlags: string;
  /** Commit of the code, with "-dirty" when files differ from it. */
  readonly commit: string;
}

const VECTOR_FLAG = /^(?:ssse3|sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|i8mm|neon)$/;

/** Vector extensions named in the text of `/proc/cpuinfo`, of its first processor. */
export function vectorFlags(cpuinfo: string): string {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? "";
  const flags = line.split(/\s+/).filter((flag) => VECTOR_FLAG.test(flag));
  return flags.length === 0 ? "unknown" : flags.join(" ");
}

/** Reads it; needs `--allow-run=cat,git` and the permissions of `readEnvironment`. */
export async function readMachine(): Promise<Machine> {
  const cpuinfo = await outputOf("cat", ["/proc/cpuinfo"]);
  const commit = await outputOf("git", ["describe", "--always", "--dirty", "--match="]);
  return {
    environment: readEnvironment(),
    cpuFlags: vectorFlags(cpuinfo),
    commit: commit.trim() || "unknown",
  };
}

/** What a program writes; empty when it is not there or fails. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  try {
    const command = new Deno.Command(program, { args: [...args], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout) : "";
  } catch {
    return "";
  }
}

/** The machine in a few lines. */
export function describeMachine({ environment, cpuFlags, commit }: Machine): string {
  const { cpu, cores, os, runtime, loadAverage } = environment;
  return [
    `${cpu}, ${cores} cores, ${os}; ${runtime}; commit ${commit}`,
    `CPU flags: ${cpuFlags}`,
    `Load average at the start: ${loadAverage === undefined ? "unknown" : loadAverage.toFixed(2)}`,
  ].join("\n");
}
