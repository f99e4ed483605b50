/**
 * One visit of an item: its arms back to back in seeded order, failures as rows.
 *
 * @module
 */
import type { RecordBase, RunRecord, TimedRecord } from "../contract/record.ts";
import { armOrder } from "../measure/order.ts";
import {
  type PassArm,
  type PassContext,
  type PassItem,
  recordBase,
  troubleRecord,
} from "./cells.ts";

/** An item whose arms can be visited again and again. */
export interface TimedVisits {
  /** Makes ready, untimed. After `close` it may be called again. */
  prepare(): Promise<void>;
  /** The arms, all when absent, once each in the order of this repetition. */
  visit(repetition: number, arms?: readonly PassArm[]): Promise<readonly RunRecord[]>;
  /** Frees its slots. */
  close(): void;
}

/** What a visit adds to the fields that name its cell. */
export type VisitOutcome = Omit<TimedRecord, keyof RecordBase>;

/** Which visit. */
export interface ArmVisit {
  /** Arms of this visit. */
  readonly arms: readonly PassArm[];
  /** 0-based. */
  readonly repetition: number;
  /** Times one arm; `place` is its position in the order. What it throws becomes a row. */
  time(arm: PassArm, at: { readonly place: number; readonly cell: string }): Promise<VisitOutcome>;
}

/** Visits all arms; one record each. */
export async function visitArms(
  context: PassContext,
  item: PassItem,
  { arms, repetition, time }: ArmVisit,
): Promise<readonly RunRecord[]> {
  const prompt = `${item.suite.name}/${item.item.id}`;
  const order = armOrder(arms.length, { seed: context.seed, prompt, repetition });
  const records: RunRecord[] = [];
  for (const [place, index] of order.entries()) {
    const arm = arms[index]!;
    const base = recordBase(context, item, { arm, pass: "timed", repetition });
    try {
      records.push({ ...base, ...await time(arm, { place, cell: base.cell }) });
    } catch (error) {
      records.push(troubleRecord(base, "timed", error));
    }
  }
  return records;
}
