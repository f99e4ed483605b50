/**
 * Traces: full depth once, with what policies would read at every height.
 *
 * @module
 */
export { memoryTraceStore } from "./memory_trace_store.ts";
export { type TraceHandling, type TraceItem, traceItems, traceManifest } from "./trace_items.ts";
export {
  TRACE_SCHEMA,
  type TraceColumn,
  type TracedBase,
  type TracedItem,
  type TraceManifest,
  type TraceRow,
  type TraceStore,
  type TraceText,
  type UntracedItem,
} from "./trace_store.ts";
export {
  type SignalPricing,
  TOKEN_KEY,
  type TracedMeasure,
  type TracedSignal,
  tracedSignals,
} from "./traced_signal.ts";
