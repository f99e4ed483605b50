/**
 * Columns of the policy table, shared by HTML and Markdown: which field, which
 * notation, which unit, which direction is better, and which entry of the
 * methods section defines it.
 *
 * @module
 */
import type {
  ArmSummary,
  Estimate,
  QualityClass,
  SuiteQuality,
  Summary,
} from "../harness/contract/summary.ts";
import {
  fineRatio,
  interval,
  type Notation,
  number,
  percent,
  ratio,
  significant,
  small,
  tenths,
} from "./_format.ts";

/** What a cell shows; an absent cell is `undefined` and prints "—". */
export interface Cell {
  /** The value in the column's notation. */
  readonly text: string;
  /** Second line: the interval, or what qualifies the value. */
  readonly note?: string;
  /** Quality class to show beside the value. */
  readonly quality?: QualityClass;
}

/** One column. */
export interface Column {
  /** Key for class names and tests: lower-case letters and hyphens. */
  readonly id: string;
  /** Heading of the group of columns that it belongs to. */
  readonly group: "Speed" | "Quality" | "Fidelity" | "Cost per token";
  /** Heading, without unit; hostile where it names a suite. */
  readonly header: string;
  /** Unit; empty for words. */
  readonly unit: string;
  /** Which direction is better; absent where neither is. */
  readonly better?: "higher" | "lower";
  /** Term in the methods section that defines the number. */
  readonly term: string;
  /** The cell of an arm. */
  cell(arm: ArmSummary): Cell | undefined;
}

function estimated(estimate: Estimate | undefined, notation: Notation): Cell | undefined {
  if (estimate === undefined) return undefined;
  return { text: number(estimate.value, notation), note: interval(estimate, notation) };
}

function plain(value: number | undefined, notation: Notation): Cell | undefined {
  return value === undefined ? undefined : { text: number(value, notation) };
}

/** A comparison with the baseline; the baseline's own is true by definition and has no interval. */
function compared(
  arm: ArmSummary,
  estimate: Estimate | undefined,
  notation: Notation,
): Cell | undefined {
  const cell = estimated(estimate, notation);
  return cell === undefined || arm.role !== "baseline" ? cell : { text: cell.text };
}

function verdictCell(arm: ArmSummary): Cell | undefined {
  if (arm.speed === undefined) return undefined;
  if (arm.role === "baseline") return { text: "baseline" };
  const { verdict, pValue, adjustedPValue = pValue, minimumDetectable } = arm.speed;
  const note = verdict === "faster" || verdict === "slower"
    ? `p ${number(adjustedPValue, small)}`
    : `detects ≥ ${number(minimumDetectable, percent)} %`;
  return { text: verdict, note };
}

/** Notation of a suite's metric: scores in percent, likelihoods in nats. */
export function qualityNotation(metric: SuiteQuality["metric"]): Notation {
  return metric === "score" ? percent : fineRatio;
}

function suiteColumn(suite: string, index: number, metric: SuiteQuality["metric"]): Column {
  const notation = qualityNotation(metric);
  return {
    id: `quality-${index + 1}`,
    group: "Quality",
    header: suite,
    unit: metric === "score" ? "%" : "nats/token",
    better: metric === "score" ? "higher" : "lower",
    term: metric,
    cell(arm) {
      const found = arm.quality.find((entry) => entry.suite === suite);
      const cell = estimated(found?.value, notation);
      if (cell === undefined || found?.quality === undefined) return cell;
      return { ...cell, quality: found.quality };
    },
  };
}

const SPEED: readonly Column[] = [
  {
    id: "decode",
    group: "Speed",
    header: "decode",
    unit: "ms/token",
    better: "lower",
    term: "decode time",
    cell: (arm) => estimated(arm.speed?.decodeMs, significant),
  },
  {
    id: "speed-up",
    group: "Speed",
    header: "speed-up per prompt",
    unit: "×",
    better: "higher",
    term: "speed-up per prompt",
    cell: (arm) => compared(arm, arm.speed?.perPrompt, ratio),
  },
  {
    id: "workload",
    group: "Speed",
    header: "workload speed-up",
    unit: "×",
    better: "higher",
    term: "speed-up of the workload",
    cell: (arm) => compared(arm, arm.speed?.workload, ratio),
  },
  {
    id: "verdict",
    group: "Speed",
    header: "verdict",
    unit: "",
    term: "verdict",
    cell: verdictCell,
  },
];

const FIDELITY: readonly Column[] = [
  {
    id: "agreement",
    group: "Fidelity",
    header: "agreement",
    unit: "%",
    better: "higher",
    term: "agreement",
    cell: (arm) => compared(arm, arm.fidelity?.agreement, percent),
  },
  {
    id: "kl",
    group: "Fidelity",
    header: "KL",
    unit: "nats/token",
    better: "lower",
    term: "KL",
    cell: (arm) => compared(arm, arm.fidelity?.kl, small),
  },
];

/** Oracle columns; none in runs that did not read oracle heights. */
function oracleColumns({ arms, manifest }: Summary): readonly Column[] {
  if (arms.every(({ fidelity }) => fidelity?.oracle === undefined)) return [];
  return [
    {
      id: "oracle-height",
      group: "Fidelity",
      header: "oracle height",
      unit: `of ${manifest.model.layerCount}`,
      term: "oracle height",
      cell: (arm) => estimated(arm.fidelity?.oracle?.height, tenths),
    },
    {
      id: "regret",
      group: "Fidelity",
      header: "regret",
      unit: "blocks",
      term: "regret",
      cell: (arm) => estimated(arm.fidelity?.oracle?.regret, tenths),
    },
  ];
}

function costColumns(layerCount: number): readonly Column[] {
  return [
    {
      id: "blocks",
      group: "Cost per token",
      header: "blocks run",
      unit: `of ${layerCount}`,
      better: "lower",
      term: "blocks run",
      cell: (arm) => compared(arm, arm.cost?.blocksRun, tenths),
    },
    {
      id: "exit-rate",
      group: "Cost per token",
      header: "exit rate",
      unit: "%",
      term: "exit rate",
      cell: (arm) => plain(arm.exitRate, percent),
    },
    {
      id: "readouts",
      group: "Cost per token",
      header: "readouts",
      unit: "per token",
      better: "lower",
      term: "readouts",
      cell: (arm) => plain(arm.cost?.readouts, ratio),
    },
    {
      id: "macs",
      group: "Cost per token",
      header: "MACs",
      unit: "× full",
      better: "lower",
      term: "MACs",
      cell: (arm) => plain(arm.cost?.macs, ratio),
    },
    {
      id: "fill",
      group: "Cost per token",
      header: "KV fill",
      unit: "entries",
      term: "fills",
      cell: (arm) => ({
        text: arm.fill,
        ...(arm.cost === undefined ? {} : { note: number(arm.cost.fills, tenths) }),
      }),
    },
  ];
}

/** The suites' names and metrics, in the order of the manifest. */
function measuredSuites(summary: Summary): readonly SuiteQuality[] {
  const order = summary.manifest.suites.map((suite) => suite.name);
  const entries = summary.arms.flatMap((arm) => arm.quality);
  return order.flatMap((name) => entries.find((entry) => entry.suite === name) ?? []);
}

/** Columns of a summary's policy table. */
export function columnsOf(summary: Summary): readonly Column[] {
  const quality = measuredSuites(summary)
    .map(({ suite, metric }, index) => suiteColumn(suite, index, metric));
  return [
    ...SPEED,
    ...quality,
    ...FIDELITY,
    ...oracleColumns(summary),
    ...costColumns(summary.manifest.model.layerCount),
  ];
}

/** Heading with unit and direction: `decode [ms/token] ↓`. */
export function headingOf(column: Column): string {
  const unit = column.unit === "" ? "" : ` [${column.unit}]`;
  const arrow = column.better === undefined ? "" : column.better === "higher" ? " ↑" : " ↓";
  return `${column.header}${unit}${arrow}`;
}
