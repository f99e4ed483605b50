/**
 * A Slurm cluster of one host in a folder: munged, slurmctld and slurmd on ports
 * of their own, beside whatever else runs on the machine.
 *
 * @module
 */

/** What a cluster needs on the search path. */
const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "srun"];

/** Folders of system programs that a user's search path may lack. */
const SYSTEM_PATH = "/usr/sbin:/sbin";

/** What is missing, for the name of a test that is skipped; `undefined` when all is there. */
export function slurmMissing(): string | undefined {
  const folders = `${Deno.env.get("PATH") ?? ""}:${SYSTEM_PATH}`.split(":");
  const isThere = (program: string) =>
    folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    });
  const missing = PROGRAMS.filter((program) => !isThere(program));
  if (missing.length > 0) return "slurm-wlm";
  return Deno.uid() === 0 ? undefined : "root for slurmd";
}

/** A running cluster. */
export interface SlurmCluster {
  /** Environment of its commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends its daemons. */
  stop(): Promise<void>;
}

/** Starts a cluster whose files lie in `folder`, an absolute path. */
export async function startSlurm(folder: string): Promise<SlurmCluster> {
  const host = Deno.hostname().split(".")[0]!;
  const [controller, node] = [freePort(), freePort()];
  for (const name of ["munge", "state", "spool"]) await Deno.mkdir(`${folder}/${name}`);
  const socket = `${folder}/munge/socket`;
  const key = crypto.getRandomValues(new Uint8Array(128));
  await Deno.writeFile(`${folder}/munge/key`, key, { mode: 0o400 });
  await Deno.writeTextFile(
    `${folder}/slurm.conf`,
    `ClusterName=depthbench
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${socket}
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=0
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${navigator.hardwareConcurrency} State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = {
    PATH: `${Deno.env.get("PATH") ?? ""}:${SYSTEM_PATH}`,
    SLURM_CONF: `${folder}/slurm.conf`,
  };
  const daemon = (name: string, ...args: readonly string[]) =>
    new Deno.Command(name, { args: [...args], env, stdout: "null", stderr: "null" }).spawn();
  const daemons = [daemon(
    "munged",
    ...["--foreground", "--force", "--num-threads=1", `--socket=${socket}`],
    ...[`--key-file=${folder}/munge/key`, `--pid-file=${folder}/munge/pid`],
    ...[`--log-file=${folder}/munge/log`, `--seed-file=${folder}/munge/seed`],
  )];
  await appears(socket);
  daemons.push(daemon("slurmctld", "-D", "-i"), daemon("slurmd", "-D", "-N", host));
  return {
    env,
    async stop(): Promise<void> {
      for (const child of daemons.toReversed()) {
        try {
          child.kill("SIGTERM");
        } catch {
          // it has ended by itself
        }
      }
      await Promise.all(daemons.map((child) => child.status));
    },
  };
}

/** A port that nothing listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function appears(path: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    try {
      Deno.statSync(path);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Cannot start Slurm: expected "${path}" within 20 s`);
}
