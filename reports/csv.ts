/**
 * The records of a run as CSV, one row per record, for spreadsheets and scripts.
 *
 * Columns are fields as they are stored, in a fixed order; lists are separated
 * by spaces, absent values are empty, and `outcome` tells rows that failed or
 * were skipped from those that ran. Rows come in the order of cells.
 *
 * Texts that a spreadsheet would take for a formula (they begin with = + - @,
 * a tab or a carriage return) are prefixed with an apostrophe; numbers and lists
 * of numbers are not texts and stay as they are.
 *
 * @module
 */
import { stringify } from "@std/csv";
import type { Ledger, RunRecord, StoredRun } from "../harness/contract/record.ts";
import { visibleLine } from "./_visible.ts";

type Value = string | number | undefined;

const LEDGER_COLUMNS: readonly (readonly [string, (ledger: Ledger) => Value])[] = [
  ["decodeRows", (ledger) => ledger.rows],
  ["attention", (ledger) => ledger.attention],
  ["mlp", (ledger) => ledger.mlp],
  ["readouts", (ledger) => ledger.readouts],
  ["vocabularyRows", (ledger) => ledger.vocabularyRows],
  ["probeMacs", (ledger) => ledger.probeMacs],
  ["fillsProject", (ledger) => ledger.fills.project],
  ["fillsHole", (ledger) => ledger.fills.hole],
  ["fillsCopy", (ledger) => ledger.fills.copy],
  ["fillsNone", (ledger) => ledger.fills.none],
  ["fillsRecompute", (ledger) => ledger.fills.recompute],
  ["reads", (ledger) => ledger.reads],
  ["macs", (ledger) => ledger.macs],
  ["weightElements", (ledger) => ledger.weightElements],
  ["kvWritten", (ledger) => ledger.kvWritten],
  ["kvRead", (ledger) => ledger.kvRead],
];

/** Columns in order. */
const COLUMNS: readonly (readonly [string, (record: RunRecord) => Value])[] = [
  ["cell", (record) => record.cell],
  ["suite", (record) => text(record.suite)],
  ["item", (record) => text(record.item)],
  ["group", (record) => text(record.group)],
  ["level", (record) => text(record.level)],
  ["arm", (record) => text(record.arm)],
  ["pass", (record) => record.pass],
  ["repetition", (record) => record.repetition],
  ["outcome", (record) => record.outcome],
  ["message", messageOf],
  ["promptTokens", (record) => "promptTokens" in record ? record.promptTokens : undefined],
  ["score", (record) => "score" in record ? record.score : undefined],
  ["ended", (record) => "ended" in record ? record.ended : undefined],
  [
    "answer",
    (record) => record.outcome === "ok" && record.pass === "free" ? text(record.text) : undefined,
  ],
  ["tokens", (record) => "tokens" in record ? list(record.tokens) : undefined],
  ["heights", (record) => "heights" in record ? list(record.heights) : undefined],
  ["blocksRun", blocksOf],
  ["fullNll", (record) => "fullNll" in record ? list(record.fullNll) : undefined],
  ["policyNll", (record) => "policyNll" in record ? list(record.policyNll) : undefined],
  ["kl", (record) => "kl" in record ? list(record.kl) : undefined],
  ["flips", (record) => "flips" in record ? list(record.flips) : undefined],
  [
    "order",
    (record) => record.outcome === "ok" && record.pass === "timed" ? record.order : undefined,
  ],
  ["steps", (record) => "steps" in record ? record.steps : undefined],
  ["startMs", (record) => "startMs" in record ? record.startMs : undefined],
  ["prefillMs", (record) => "prefillMs" in record ? record.prefillMs : undefined],
  ["decodeMs", (record) => "decodeMs" in record ? record.decodeMs : undefined],
  ...LEDGER_COLUMNS.map(([name, of]): readonly [string, (record: RunRecord) => Value] => [
    name,
    (record) => "decodeLedger" in record ? of(record.decodeLedger) : undefined,
  ]),
  ["weightBytes", (record) => "memory" in record ? record.memory.weightBytes : undefined],
  ["partBytes", (record) => "memory" in record ? record.memory.partBytes : undefined],
  ["kvBytes", (record) => "memory" in record ? record.memory.kvBytes : undefined],
  ["scratchBytes", (record) => "memory" in record ? record.memory.scratchBytes : undefined],
];

function messageOf(record: RunRecord): Value {
  if (record.outcome === "failed") return text(record.message);
  return record.outcome === "skipped" ? text(record.reason) : undefined;
}

function blocksOf(record: RunRecord): Value {
  if (!("blocksRun" in record)) return undefined;
  return typeof record.blocksRun === "number" ? record.blocksRun : list(record.blocksRun);
}

function list(values: readonly number[]): string {
  return values.join(" ");
}

/** Hostile text on one line that no spreadsheet runs. */
function text(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const defused = /^\s*[=+\-@]|^[\t\r]/.test(value) ? `'${value}` : value;
  return visibleLine(defused);
}

/** Renders the records of a run, header first. */
export function csv({ records }: StoredRun): string {
  const rows = records.map((record) => COLUMNS.map(([, of]) => of(record) ?? ""));
  return stringify([COLUMNS.map(([name]) => name), ...rows]);
}
