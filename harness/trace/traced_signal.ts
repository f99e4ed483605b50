/**
 * Signals of a trace: what is recorded at every height, and under which key.
 *
 *     margin@shared     a readout signal of a head
 *     cosine~embedding  a state signal, and the lower state that it compares with
 *     probe router[2]   one output of a trained network
 *
 * Beside them a trace holds the greedy `token` of the shared head at every
 * height, from which agreement is told, and on request, both exact in f64:
 *
 *     nll = −ln p_h(target)      kl = KL(p_L ‖ p_h)      [nats]
 *
 * @module
 */
import { UsageError } from "../contract/errors.ts";
import type { TrainedParts } from "../contract/parts.ts";
import { declareSignals, type SignalDeclaration, type SignalName } from "../contract/signal.ts";
import { networkMacs } from "../signals/network.ts";

/** A signal as a trace records it. */
export interface TracedSignal {
  /** Its key; equal signals have equal keys, whatever name a policy gives them. */
  readonly key: string;
  /** What is read. */
  readonly declaration: SignalDeclaration;
  /** Multiply-accumulates of one reading beyond the unembedding: a head's steps, a probe. */
  readonly macs: number;
}

/** Numbers on request at every height: of the target, and against full depth. */
export type TracedMeasure = "nll" | "kl";

/** Signals that can be traced by name. */
export const TRACEABLE: readonly SignalName[] = [
  "margin",
  "top1",
  "entropy",
  "logitMargin",
  "cosine",
  "relativeNorm",
  "featureEntropy",
];

/** What is traced when nothing is named. */
export const DEFAULT_SIGNALS: readonly string[] = TRACEABLE.slice(0, 6);

/** Key of the greedy token of the shared head; in every trace. */
export const TOKEN_KEY = "token@shared";

/** The key of a declared signal. */
export function signalKey(signal: SignalDeclaration): string {
  switch (signal.kind) {
    case "readout":
      return `${signal.signal}@${signal.head}${perHeight(signal)}`;
    case "state":
      return `${signal.signal}~${signal.against}`;
    case "probe":
      return `probe ${signal.probe}${perHeight(signal)}[${signal.output}]`;
  }
}

/** Marks keys of signals that read another part at each height. */
function perHeight(signal: { readonly perHeight?: true }): string {
  return signal.perHeight === true ? ".*" : "";
}

/** What prices of signals depend on. */
export interface SignalPricing {
  /** Width of the residual stream. */
  readonly dModel: number;
  /** Trained parts that the session was opened with. */
  readonly parts?: TrainedParts | undefined;
}

/**
 * Signals with their keys and prices, each once. Throws `UsageError` for a signal
 * that compares with the previous check: where that was is the policy's matter.
 */
export function tracedSignals(
  declarations: readonly SignalDeclaration[],
  pricing: SignalPricing,
): readonly TracedSignal[] {
  const byKey = new Map<string, TracedSignal>();
  for (const declaration of declarations) {
    if (declaration.kind === "state" && declaration.against === "previous_check") {
      throw new UsageError(
        `Cannot trace signal "${declaration.name}": it compares with the previous check, and a ` +
          "trace has none: trace it against the previous block",
      );
    }
    const key = signalKey(declaration);
    if (key !== TOKEN_KEY) {
      byKey.set(key, { key, declaration, macs: networkMacsOf(declaration, pricing) });
    }
  }
  return [...byKey.values()];
}

function networkMacsOf(signal: SignalDeclaration, { parts, dModel }: SignalPricing): number {
  if (signal.kind === "state" || signal.kind === "readout" && signal.head === "shared") return 0;
  // Parts of one name have one shape, whatever their height.
  const isNamed = (wanted: string) => ({ name }: { readonly name: string }) =>
    signal.perHeight === true ? name.startsWith(`${wanted}.`) : name === wanted;
  const network = signal.kind === "probe"
    ? parts?.probes.find(isNamed(signal.probe))
    : parts?.heads.find(isNamed(signal.head));
  if (network !== undefined) return networkMacs(network.steps, dModel);
  const name = signal.kind === "probe" ? signal.probe : signal.head;
  throw new UsageError(
    `Cannot trace "${signalKey(signal)}": expected trained parts with ${
      signal.kind === "probe" ? "probe" : "head"
    } "${name}": add a file of them by --parts`,
  );
}

/**
 * Words such as `margin`, `entropy`, `kl`, `probe calm[0]` → declarations and measures.
 * Throws `UsageError`.
 */
export function readSignalNames(
  names: readonly string[],
): { declarations: readonly SignalDeclaration[]; measures: readonly TracedMeasure[] } {
  const signals: SignalName[] = [];
  const probes: SignalDeclaration[] = [];
  const measures: TracedMeasure[] = [];
  for (const name of new Set(names)) {
    if (name === "token") continue;
    const signal = TRACEABLE.find((each) => each === name);
    const probe = /^probe ([a-z][a-z0-9_.]*)\[(\d{1,4})\]$/.exec(name);
    if (signal !== undefined) signals.push(signal);
    else if (probe !== null) {
      probes.push({ name, kind: "probe", probe: probe[1]!, output: Number(probe[2]) });
    } else if (name === "nll" || name === "kl") measures.push(name);
    else {
      throw new UsageError(
        `Cannot trace "${name}": expected ${TRACEABLE.join(", ")}, nll, kl or an output of a ` +
          `trained part such as "probe calm[0]": correct its name`,
      );
    }
  }
  return { declarations: [...declareSignals(...signals), ...probes], measures };
}
