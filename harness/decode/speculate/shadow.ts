/**
 * Shadow readouts: what chosen heights and full depth predict for all rows of a round.
 *
 * Rows whose states were kept together are read in one call of the head.
 *
 * @module
 */
import type { ShadowReadouts } from "../../contract/round.ts";
import { SHARED_READOUT, type SignalRequest } from "../../contract/signal.ts";
import type { HeightMark, RowStack } from "./row_stack.ts";

/** Reads the heights of `rows`, which stand at the top. */
export async function readShadow(
  { step, marks }: RowStack,
  { heights, rows, layerCount }: {
    readonly heights: readonly number[];
    readonly rows: readonly number[];
    readonly layerCount: number;
  },
): Promise<ShadowReadouts> {
  const all = [...heights, layerCount];
  const tokens = all.map(() => rows.map(() => -1));
  const top1 = all.map(() => rows.map(() => NaN));
  const groups = new Map<string, (HeightMark | undefined)[]>([[rows.join(), [undefined]]]);
  for (const each of marks) {
    const key = each.rows.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  for (const group of groups.values()) {
    const read = group[0]?.rows ?? rows;
    const requests = group.flatMap((each): SignalRequest[] => {
      const readout = { ...SHARED_READOUT, mark: each?.mark };
      return [
        { kind: "readout", signal: "token", readout },
        { kind: "readout", signal: "top1", readout },
      ];
    });
    const pending = step.readSignals(requests, read);
    const { values, offsets } = "then" in pending ? await pending : pending;
    group.forEach((each, i) => {
      const level = all.indexOf(each?.height ?? layerCount);
      read.forEach((row, r) => {
        const column = rows.indexOf(row);
        if (column < 0) return;
        tokens[level]![column] = values[offsets[2 * i]! + r]!;
        top1[level]![column] = values[offsets[2 * i + 1]! + r]!;
      });
    });
  }
  return { heights: all, tokens, top1 };
}
