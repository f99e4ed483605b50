/**
 * Trained parts that a bound policy reads: the networks and heads named by its
 * signals and readouts at the heights where it is asked.
 *
 * @module
 */
import { UsageError } from "../contract/errors.ts";
import type { TrainedParts } from "../contract/parts.ts";
import { partName } from "../contract/signal.ts";
import type { BoundPolicy } from "./bound_policy.ts";

/** A trained part by kind and name. */
export interface NeededPart {
  /** A network read as a signal, or a head that reads out. */
  readonly kind: "probe" | "head";
  /** Its name. */
  readonly name: string;
}

/** The parts that a policy reads, each once. */
export function neededParts(bound: BoundPolicy): readonly NeededPart[] {
  if (bound.kind === "plan") return [];
  if (bound.kind === "round") return bound.heads.map((name) => ({ kind: "head", name }));
  const found = new Map<string, NeededPart>();
  const need = (kind: NeededPart["kind"], name: string) => {
    if (kind === "probe" || name !== "shared") found.set(`${kind} ${name}`, { kind, name });
  };
  for (const height of bound.heights) {
    for (const signal of bound.signals) {
      if (signal.kind === "probe") need("probe", partName(signal.probe, { ...signal, height }));
      else if (signal.kind === "readout") {
        need("head", partName(signal.head, { ...signal, height }));
      }
    }
    need("head", bound.headAt(height));
  }
  return [...found.values()];
}

/** Refuses a policy whose parts were not opened. Throws `UsageError`. */
export function requireParts(bound: BoundPolicy, parts: TrainedParts | undefined): void {
  const has = ({ kind, name }: NeededPart) =>
    (kind === "probe" ? parts?.probes : parts?.heads)?.some((part) => part.name === name);
  const missing = neededParts(bound).filter((part) => !has(part));
  const [first] = missing;
  if (first === undefined) return;
  const more = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  throw new UsageError(
    `Cannot run policy "${bound.name}": training required: expected trained parts with ` +
      `${first.kind} "${first.name}"${more} for model "${bound.point.model.name}": ` +
      `${parts === undefined ? "none were given" : "those given lack it"}: name a file by ` +
      '--parts ("list parts" shows those that come along)',
  );
}
