/**
 * What `doctor` looks at, one look per subject. A look that throws blocks runs.
 *
 * @module
 */
import { wasmBackend } from "../backends/wasm/mod.ts";
import { webgpuBackend } from "../backends/webgpu/mod.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import { UnsupportedError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { measureClock } from "../harness/measure/clock.ts";
import { loadModel } from "./model_files.ts";

/** What a look found. */
export interface Finding {
  /** What was looked at. */
  readonly subject: string;
  /** `warn` spoils timings or takes a backend away, `blocked` blocks runs. */
  readonly state: "ok" | "warn" | "blocked";
  /** One sentence. */
  readonly says: string;
}

/** One subject and how it is looked at. */
export interface Look {
  /** What is looked at. */
  readonly subject: string;
  /** Looks. */
  look(): Promise<Omit<Finding, "subject">> | Omit<Finding, "subject">;
}

/** Oldest Deno that the package is tested on. */
const OLDEST_DENO = [2, 9] as const;
/** Clock steps above it cannot time a decode step, ms. */
const COARSE_CLOCK_MS = 0.1;
/** One-minute load per core above which timings are noisy. */
const BUSY = 0.5;

/** All looks, in the order in which they are printed. */
export function examine(): readonly Look[] {
  return [
    { subject: "runtime", look: lookAtRuntime },
    { subject: "permissions", look: lookAtPermissions },
    { subject: "clock", look: lookAtClock },
    { subject: "load", look: lookAtLoad },
    { subject: "records", look: lookAtRecords },
    { subject: "model", look: lookAtModel },
    { subject: "threads", look: lookAtThreads },
    { subject: "gpu", look: lookAtGpu },
  ];
}

function lookAtRuntime(): Omit<Finding, "subject"> {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  const isOld = major < OLDEST_DENO[0] || major === OLDEST_DENO[0] && minor < OLDEST_DENO[1];
  return isOld
    ? {
      state: "blocked",
      says: `Deno ${Deno.version.deno} is older than ${OLDEST_DENO.join(".")}: upgrade it`,
    }
    : {
      state: "ok",
      says: `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${Deno.build.target}`,
    };
}

function lookAtPermissions(): Omit<Finding, "subject"> {
  const wanted: readonly (readonly [string, Deno.PermissionDescriptor])[] = [
    ["read the package", { name: "read", path: new URL("../", import.meta.url) }],
    ["write ./out", { name: "write", path: "./out" }],
    ["name the CPU", { name: "sys", kind: "cpus" }],
    ["read the load", { name: "sys", kind: "loadavg" }],
  ];
  const missing = wanted.filter(([, it]) => Deno.permissions.querySync(it).state !== "granted");
  if (missing.length === 0) return { state: "ok", says: "all that a run needs" };
  const isBlocked = missing.some(([, it]) => it.name === "read" || it.name === "write");
  return {
    state: isBlocked ? "blocked" : "warn",
    says: `may not ${missing.map(([what]) => what).join(", ")}: start it as "deno task depthbench"`,
  };
}

function lookAtClock(): Omit<Finding, "subject"> {
  const { stepMs, costMs } = measureClock();
  const says = `smallest step ${(1000 * stepMs).toPrecision(2)} µs, one reading ${
    (1e6 * costMs).toPrecision(2)
  } ns`;
  return stepMs > COARSE_CLOCK_MS
    ? { state: "warn", says: `${says}: too coarse to time single steps` }
    : { state: "ok", says };
}

function lookAtLoad(): Omit<Finding, "subject"> {
  if (Deno.permissions.querySync({ name: "sys", kind: "loadavg" }).state !== "granted") {
    return { state: "warn", says: "unknown: not allowed to read it" };
  }
  const load = Deno.loadavg()[0] ?? 0;
  const cores = navigator.hardwareConcurrency;
  const says = `${load.toFixed(2)} over the last minute on ${cores} cores`;
  return load > BUSY * cores
    ? { state: "warn", says: `${says}: other programs are running, timings will be noisy` }
    : { state: "ok", says };
}

async function lookAtRecords(): Promise<Omit<Finding, "subject">> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(":memory:");
  const version = database.prepare("SELECT sqlite_version() AS version").get()?.version;
  database.close();
  return { state: "ok", says: `SQLite ${String(version)}` };
}

async function lookAtModel(): Promise<Omit<Finding, "subject">> {
  const model = await loadModel("tiny_exit");
  const session = await wasmBackend.open(model.checkpoint, { slots: 1, context: 64 });
  try {
    const start = performance.now();
    const tokens = await decodeSome(session, model);
    const each = (performance.now() - start) / tokens.length;
    const { name, layerCount } = model.checkpoint.info;
    return {
      state: "ok",
      says: `${name} opens, ${layerCount} blocks, decodes at ${
        each.toPrecision(2)
      } ms/token on ${wasmBackend.name}`,
    };
  } finally {
    session.close();
  }
}

/** Eight greedy tokens at full depth, through the contract alone. */
async function decodeSome(session: DecoderSession, model: LoadedModel): Promise<readonly number[]> {
  const prompt = model.tokenizer.encode("copy");
  const slot = session.newSlot();
  const made: number[] = [];
  let rows = prompt.map((token, position) => ({ slot, position, token, phase: "prompt" as const }));
  while (made.length < 8) {
    const step = session.begin(rows);
    step.run({ from: 0, to: session.model.layerCount }, "block");
    const { tokens } = await step.readToken(SHARED_READOUT);
    const token = tokens[rows.length - 1]!;
    if (token < 0 || token >= session.model.vocabSize) {
      throw new Error(`token ${token} is no token`);
    }
    step.commit();
    made.push(token);
    rows = [{ slot, position: session.length(slot), token, phase: "prompt" }];
  }
  return made;
}

function lookAtThreads(): Omit<Finding, "subject"> {
  const isShared = typeof SharedArrayBuffer === "function";
  return isShared
    ? { state: "ok", says: `shared memory, ${navigator.hardwareConcurrency} logical cores` }
    : { state: "warn", says: "no shared memory: backends run on one thread" };
}

async function lookAtGpu(): Promise<Omit<Finding, "subject">> {
  const model = await loadModel("tiny_exit");
  let session: DecoderSession;
  try {
    session = await webgpuBackend.open(model.checkpoint, { slots: 1, context: 64 });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return { state: "warn", says: `backend webgpu is not available: ${error.message}` };
  }
  try {
    await decodeSome(session, model);
    const adapter = session.backend.features[0] ?? "adapter unknown";
    return { state: adapter.includes("software") ? "warn" : "ok", says: adapter };
  } finally {
    session.close();
  }
}
