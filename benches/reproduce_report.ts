/**
 * The evidence of claims as Markdown: claims by paper, the ledger of the policies
 * that were timed, deletions and swaps by block.
 *
 * @module
 */
import type { ClaimResult, Estimate, Summary } from "../harness/contract/summary.ts";
import { figure, markdownTable, percent } from "./markdown_table.ts";

/** What the first lines say. */
export interface ReproduceAbout {
  /** Machine and commit. */
  readonly machine: string;
  /** Minutes that it took. */
  readonly minutes: number;
  /** The texts, in words. */
  readonly texts: string;
}

function measured({ measured }: ClaimResult): string {
  if (measured === undefined) return "—";
  const { estimate, as } = measured;
  const text = (value: number) => as === "percent" ? percent(value) : figure(value);
  return `${text(estimate.value)} [${text(estimate.low)}, ${text(estimate.high)}]`;
}

/** What the ledger says of checking the readout at every block. */
function readoutLines(summary: Summary): readonly string[] {
  return summary.arms.flatMap(({ label, ledger, speed, cost }) => {
    if (ledger === undefined || speed === undefined || cost === undefined) return [];
    if (cost.readouts < 2) return [];
    const { value, low, high }: Estimate = speed.perPrompt;
    return [
      `${label} reads out ${figure(cost.readouts)} times per token. It is ${figure(value)} × ` +
      `[${figure(low)}, ${figure(high)}] as fast as full depth: blocks alone would make it ` +
      `${figure(ledger.blocksOnlySpeedUp)} ×, but its readouts take ${
        figure(ledger.readoutsMs)
      } ms ` +
      `per step beside ${figure(ledger.blocksMs)} ms of blocks; the ledger predicts ` +
      `${figure(ledger.predictedSpeedUp)} ×.`,
    ];
  });
}

/** The whole page. */
export function reproduceText(summary: Summary, about: ReproduceAbout): string {
  const { model, suites, backend } = summary.manifest;
  const study = summary.studies?.find((each) => each.study === "reproduce");
  const claims = study?.claims ?? [];
  const timed = summary.arms.filter(({ ledger }) => ledger !== undefined);
  return [
    `# Claims of the papers on ${model.name}`,
    "",
    `${model.name}, ${model.layerCount} blocks, ${model.digest}; backend ${backend.name}; suites ` +
    `${suites.map(({ name, items }) => `${name} (${items})`).join(", ")}; ${about.texts}; ` +
    `${about.minutes.toFixed(1)} minutes.`,
    "",
    about.machine.replaceAll("\n", "  \n"),
    "",
    ...study?.lines.flatMap((line) => [line, ""]) ?? [],
    markdownTable(
      ["claim", "paper", "measured", "holds when", "verdict"],
      claims.map((claim) => [
        claim.claim,
        claim.paper,
        measured(claim),
        `${claim.how}: ${claim.criterion}`,
        claim.remark === undefined ? claim.verdict : `${claim.verdict} (${claim.remark})`,
      ]),
    ),
    ...timed.length === 0 ? [] : [
      "## Where the time goes",
      "",
      ...readoutLines(summary).flatMap((line) => [line, ""]),
      markdownTable(
        [
          "policy",
          "blocks ms",
          "readouts ms",
          "fills ms",
          "waits ms",
          "step ms",
          "predicted ms",
          "measured ms",
          "residual of a full step",
        ],
        timed.map(({ label, ledger }) => [
          label,
          figure(ledger!.blocksMs),
          figure(ledger!.readoutsMs),
          figure(ledger!.fillsMs),
          figure(ledger!.waitsMs),
          figure(ledger!.stepMs),
          figure(ledger!.predictedMs),
          figure(ledger!.measuredMs),
          `${percent(ledger!.residual)}${ledger!.red ? " (red)" : ""}`,
        ]),
      ),
    ],
  ].join("\n").trimEnd() + "\n";
}
