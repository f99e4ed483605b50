/**
 * Peers' times as Markdown: ms, and ratios peer ÷ ours with intervals.
 *
 * @module
 */
import { median } from "../../harness/numerics/quantile.ts";
import { figure, figureWithInterval, markdownTable } from "../markdown_table.ts";
import { medianInterval } from "../median_interval.ts";
import { ratioInterval } from "../ratio_interval.ts";
import { barOf, type BarPeer } from "./bars.ts";
import type { PeerTimes } from "./compare.ts";
import { type Measure, nameOf } from "./measure.ts";

const PEERS: readonly BarPeer[] = ["native", "wllama"];
const TITLES: Readonly<Record<BarPeer, string>> = { native: "llama.cpp", wllama: "wllama" };

/** What a table is made of. */
export interface PeerTable {
  /** All times. */
  readonly times: readonly PeerTimes[];
  /** Measures, one row each. */
  readonly measures: readonly Measure[];
  /** Name of the model, for the wanted ratios. */
  readonly model: string;
  /** Threads of every peer, or the fastest thread count of each. */
  readonly threads: number | "best";
  /** Seed of the resampling. */
  readonly seed: number;
}

/** One row per measure: times and ratios of those peers that ran. */
export function peerTable({ times, measures, model, threads, seed }: PeerTable): string {
  const peers = PEERS.filter((id) => times.some((each) => each.id === id));
  return markdownTable(
    [
      threads === "best" ? "best thread count each" : `${threads} thread(s) each`,
      "ours [ms] ↓",
      ...peers.flatMap((id) => [
        `${TITLES[id]} [ms]`,
        `${TITLES[id]} ÷ ours ↑`,
        "wanted ≥",
        "reached",
      ]),
    ],
    measures.map((measure) => {
      const pick = (id: PeerTimes["id"]) => pickTimes(times, { id, measure, threads });
      const ours = pick("ours");
      return [
        nameOf(measure),
        shown(ours, { threads, seed }),
        ...peers.flatMap((id) => {
          const theirs = pick(id);
          const ratio = ours === undefined || theirs === undefined
            ? undefined
            : ratioInterval(theirs.timesMs, ours.timesMs, { seed });
          const bar = barOf(measure, { peer: id, model });
          return [
            shown(theirs, { threads, seed }),
            figureWithInterval(ratio),
            figure(bar),
            ratio === undefined || bar === undefined ? "—" : ratio.value >= bar ? "yes" : "no",
          ];
        }),
      ];
    }),
  );
}

/** Times of a peer in a measure at the threads asked for, or at its fastest ones. */
export function pickTimes(
  times: readonly PeerTimes[],
  { id, measure, threads }: {
    readonly id: PeerTimes["id"];
    readonly measure: Measure;
    readonly threads: number | "best";
  },
): PeerTimes | undefined {
  const own = times.filter((each) =>
    each.id === id && each.measure === measure && each.timesMs.length > 0 &&
    (threads === "best" || each.threads === threads)
  );
  return own.toSorted((a, b) => median(a.timesMs) - median(b.timesMs))[0];
}

function shown(
  times: PeerTimes | undefined,
  { threads, seed }: { readonly threads: number | "best"; readonly seed: number },
): string {
  if (times === undefined) return "—";
  const text = figureWithInterval(medianInterval(times.timesMs, { seed }));
  return threads === "best" ? `${text}, ${times.threads} thread(s)` : text;
}

/** Whether the cost of a row falls as rows go together, on our backend. */
export function rowCostTable({ times, threads }: Pick<PeerTable, "times" | "threads">): string {
  const one = times.filter((each) => each.id === "ours" && each.measure.kind === "decode");
  const cells = [
    ...one,
    ...times.filter((each) => each.id === "ours" && each.measure.kind === "rows"),
  ].filter((each) => each.threads === threads && each.timesMs.length > 0);
  const rowsOf = ({ measure }: PeerTimes) => measure.kind === "rows" ? measure.count : 1;
  return markdownTable(
    ["our rows at once", ...cells.map((each) => String(rowsOf(each)))],
    [["ms per row ↓", ...cells.map((each) => figure(median(each.timesMs) / rowsOf(each)))]],
  );
}
