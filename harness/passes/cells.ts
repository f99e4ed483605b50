/**
 * What passes work on: arms, encoded items, and the cells that they fill.
 *
 * @module
 */
import type { KvFill, OpenOptions } from "../contract/backend.ts";
import type { Tokenizer } from "../contract/model.ts";
import type { PolicyPlugin } from "../contract/policy.ts";
import type { Arm, FailedRecord, Pass, RecordBase, SkippedRecord } from "../contract/record.ts";
import type { SuiteItem, SuitePlugin } from "../contract/suite.ts";
import { DeviceLostError, UnsupportedError } from "../contract/errors.ts";
import { bindPolicy, type BoundPolicy } from "../decode/bound_policy.ts";
import { requireParts } from "../decode/needed_parts.ts";
import { MeteredSession } from "../decode/metered_session.ts";
import type { DecoderSession } from "../contract/backend.ts";

/** An arm with its policy. */
export interface PassArm {
  /** As recorded. */
  readonly arm: Arm;
  /** The policy. */
  readonly plugin: PolicyPlugin;
  /** Options as parsed. */
  readonly options: unknown;
  /** KV fill. */
  readonly fill: KvFill;
}

/** An item of a suite, encoded. */
export interface PassItem {
  /** Its suite. */
  readonly suite: SuitePlugin;
  /** The item. */
  readonly item: SuiteItem;
  /** Tokens of the prompt, at least one. */
  readonly prompt: readonly number[];
  /** Tokens of the target, at least one. */
  readonly target: readonly number[];
  /** Most tokens of a free generation. */
  readonly maxTokens: number;
  /** Why it cannot be run on this model, if so. */
  readonly refusal: string | undefined;
}

/** What all passes share. */
export interface PassContext {
  /** The bare session. */
  readonly session: DecoderSession;
  /** The same session, counting. */
  readonly metered: MeteredSession;
  /** How it was opened. */
  readonly opened: OpenOptions;
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Arms, baseline first; the sentinel last when there is one. */
  readonly arms: readonly PassArm[];
  /** Seed of chance and order. */
  readonly seed: number;
  /** Whether oracle heights are read whatever they cost; by their cost when absent. */
  readonly oracleHeights?: boolean | undefined;
  /** Whether full depth is compared with itself at every height, in lockstep. */
  readonly lens?: boolean | undefined;
  /** Digest of a cell. */
  cell(item: PassItem, at: { arm: PassArm; pass: Pass; repetition: number }): string;
}

/** Whether an arm takes part in a pass. */
export function takesPart({ arm }: PassArm, pass: Pass): boolean {
  if (arm.role === "sentinel" && pass !== "timed") return false;
  return arm.passes?.includes(pass) ?? true;
}

/** Whether an item is run in a pass: those of speed suites are timed only. */
export function runsIn({ suite }: PassItem, pass: Pass): boolean {
  return suite.measure.kind !== "speed" || pass === "timed";
}

/** Opens the counting view of a session. */
export function passSessions(
  session: DecoderSession,
  opened: OpenOptions,
): Pick<PassContext, "session" | "metered" | "opened"> {
  return { session, metered: new MeteredSession(session, opened.parts), opened };
}

/** The record fields that say which cell it is. */
export function recordBase(
  context: PassContext,
  item: PassItem,
  at: { readonly arm: PassArm; readonly pass: Pass; readonly repetition: number },
): RecordBase {
  const { id, group, level } = item.item;
  return {
    cell: context.cell(item, at),
    suite: item.suite.name,
    item: id,
    group: group ?? id,
    ...(level === undefined ? {} : { level }),
    arm: at.arm.arm.label,
    repetition: at.repetition,
  };
}

/**
 * The row of a cell that raised an error: skipped where the machine or model cannot,
 * else failed. Throws the error itself when the device is lost: no cell can be run then.
 */
export function troubleRecord(
  base: RecordBase,
  pass: Pass,
  error: unknown,
): FailedRecord | SkippedRecord {
  if (error instanceof DeviceLostError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof UnsupportedError
    ? { ...base, pass, outcome: "skipped", reason: message }
    : { ...base, pass, outcome: "failed", message };
}

/** Binds an arm for an item. Throws `UsageError` when its trained parts were not opened. */
export function bindArm(
  context: PassContext,
  { plugin, options, fill }: PassArm,
  maxTokens: number,
): BoundPolicy {
  const { model } = context.session;
  const limits = { maxTokens, context: Math.min(context.opened.context, model.context) };
  const bound = bindPolicy(plugin, { options, fill, model, limits });
  requireParts(bound, context.opened.parts);
  return bound;
}

/** Runs `body` with an empty slot that is released in any case. */
export async function withSlot<T>(
  session: DecoderSession,
  body: (slot: number) => Promise<T>,
): Promise<T> {
  const slot = session.newSlot();
  try {
    return await body(slot);
  } finally {
    session.release(slot);
  }
}
