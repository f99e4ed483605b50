/**
 * A trace over items: one row each, resumable by item. Failures are rows too.
 *
 * @module
 */
import type { DecoderSession } from "../contract/backend.ts";
import { UnsupportedError } from "../contract/errors.ts";
import type { Limits } from "../contract/policy.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import { traceText } from "./trace_text.ts";
import { TRACE_SCHEMA, type TraceManifest, type TraceRow, type TraceStore } from "./trace_store.ts";

/** An item to trace. */
export interface TraceItem {
  /** Suite name. */
  readonly suite: string;
  /** Item id. */
  readonly item: string;
  /** Statistical cluster. */
  readonly group: string;
  /** Tokens of the prompt. */
  readonly prompt: readonly number[];
  /** Why it cannot be traced, if so. */
  readonly refusal?: string | undefined;
  /** The tokens to trace, at least one, and the bounds that a policy is told. */
  text(): Promise<{ readonly target: readonly number[]; readonly limits: Limits }>;
}

/** How a trace is carried out. */
export interface TraceHandling {
  /** Where rows go. */
  readonly store: TraceStore;
  /** The session; the trace takes one slot at a time. */
  readonly session: DecoderSession;
  /** Told after every item. */
  progress?(
    progress: { readonly done: number; readonly total: number; readonly what: string },
  ): void;
  /** Ends the trace after the current item. */
  readonly signal?: AbortSignal | undefined;
}

/** A manifest with its digest. */
export function traceManifest(
  fields: Omit<TraceManifest, "schema" | "digest" | "started">,
): TraceManifest {
  const { layerCount } = fields.model;
  fields.heights.forEach((height, i) => {
    const least = i === 0 ? 0 : fields.heights[i - 1]! + 1;
    if (Number.isInteger(height) && height >= least && height < layerCount) return;
    throw new RangeError(
      `Cannot trace heights [${
        fields.heights.join(", ")
      }]: expected whole numbers, ascending, 0 to ${layerCount - 1}`,
    );
  });
  const fixed = { schema: TRACE_SCHEMA, ...fields };
  return {
    ...fixed,
    digest: `sha256:${sha256Hex(JSON.stringify(fixed))}`,
    started: new Date().toISOString(),
  };
}

/** Traces items into the store. Items that it holds are not traced again. */
export async function traceItems(
  { manifest, items }: { readonly manifest: TraceManifest; readonly items: readonly TraceItem[] },
  handling: TraceHandling,
): Promise<void> {
  const { store, session, signal } = handling;
  await store.open(manifest);
  const done = new Set(store.done());
  for (const item of items) {
    if (signal?.aborted) return;
    if (done.has(item.item)) continue;
    await store.append(await traceRow(session, item, manifest));
    done.add(item.item);
    handling.progress?.({ done: done.size, total: items.length, what: `trace ${item.suite}` });
  }
}

async function traceRow(
  session: DecoderSession,
  { suite, item, group, prompt, refusal, text }: TraceItem,
  manifest: TraceManifest,
): Promise<TraceRow> {
  const base = { suite, item, group };
  if (refusal !== undefined) return { ...base, outcome: "skipped", reason: refusal };
  try {
    const { target, limits } = await text();
    if (target.length === 0) {
      return { ...base, outcome: "skipped", reason: "Cannot trace an empty text" };
    }
    const slot = session.newSlot();
    try {
      const traced = await traceText(session, { slot, prompt, target }, manifest);
      return { ...base, outcome: "ok", promptTokens: prompt.length, limits, ...traced };
    } finally {
      session.release(slot);
    }
  } catch (error) {
    const outcome = error instanceof UnsupportedError ? "skipped" : "failed";
    return { ...base, outcome, reason: error instanceof Error ? error.message : String(error) };
  }
}
