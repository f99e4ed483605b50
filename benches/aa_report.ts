/**
 * What repeated runs decided: the A/A pair and a policy, run by run, against the
 * numbers of runs that must agree.
 *
 * @module
 */
import type { Estimate, Summary, Verdict } from "../harness/contract/summary.ts";
import { markdownTable } from "./markdown_table.ts";

/** One run's verdicts. */
export interface AaRun {
  /** 1-based; its seed. */
  readonly run: number;
  /** Full depth against its own copy. */
  readonly sentinel: Estimate;
  /** The verdict on it. */
  readonly sentinelVerdict: Verdict;
  /** Whether the run called itself noisy. */
  readonly isNoisy: boolean;
  /** The policy, as decided on. */
  readonly policy: Estimate;
  /** The verdict on it. */
  readonly verdict: Verdict;
  /** Time of the command, minutes. */
  readonly minutes: number;
  /** Load average at its start. */
  readonly load: number | undefined;
}

/** What is checked. */
export type AaCheck = "aa" | "demo";

/** One bar: in how many runs something must hold. */
export interface AaBar {
  /** What must hold. */
  readonly what: string;
  /** In how many of the runs. */
  readonly share: number;
  /** Whether it does in a run. */
  holds(run: AaRun): boolean;
}

/** The bars of each check, as shares of the runs. */
export const AA_BARS: Readonly<Record<AaCheck, readonly AaBar[]>> = {
  aa: [
    {
      what: "A/A neither faster nor slower",
      share: 19 / 20,
      holds: ({ sentinelVerdict }) => sentinelVerdict !== "faster" && sentinelVerdict !== "slower",
    },
    {
      what: "A/A equivalent",
      share: 12 / 20,
      holds: ({ sentinelVerdict }) => sentinelVerdict === "equivalent",
    },
    { what: "policy faster", share: 18 / 20, holds: ({ verdict }) => verdict === "faster" },
  ],
  demo: [
    { what: "policy decided", share: 9 / 10, holds: ({ verdict }) => verdict !== "inconclusive" },
  ],
};

/** The row of a run, from its summary; `undefined` when it timed nothing. */
export function aaRunOf(
  { arms, noise }: Summary,
  about: Pick<AaRun, "run" | "minutes" | "load"> & { readonly policy: string },
): AaRun | undefined {
  const speed = arms.find(({ label }) => label === about.policy)?.speed;
  if (speed === undefined || noise?.sentinelVerdict === undefined) return undefined;
  return {
    run: about.run,
    sentinel: noise.sentinel,
    sentinelVerdict: noise.sentinelVerdict,
    isNoisy: noise.verdict === "noisy",
    policy: speed.decisive ?? speed.perPrompt,
    verdict: speed.verdict,
    minutes: about.minutes,
    load: about.load,
  };
}

/** Runs that must hold a bar, of so many. */
export function needed({ share }: AaBar, runs: number): number {
  return Math.ceil(share * runs - 1e-9);
}

/** The report: bars first, then every run. */
export function aaReport(
  check: AaCheck,
  { runs, title, head }: {
    readonly runs: readonly AaRun[];
    readonly title: string;
    /** Lines on machine and command. */
    readonly head: string;
  },
): string {
  const bars = AA_BARS[check].map((bar) => {
    const met = runs.filter(bar.holds).length;
    const least = needed(bar, runs.length);
    return [bar.what, `${met} of ${runs.length}`, String(least), met >= least ? "yes" : "no"];
  });
  const rows = runs.map((run) => [
    String(run.run),
    estimateText(run.sentinel),
    run.sentinelVerdict,
    estimateText(run.policy),
    run.verdict,
    run.isNoisy ? "yes" : "no",
    run.minutes.toFixed(1),
    run.load?.toFixed(2) ?? "—",
  ]);
  return [
    `# ${title}\n`,
    `${head}\n`,
    markdownTable(["in how many runs", "runs", "needed", "met"], bars),
    markdownTable(
      ["run", "A/A [×]", "A/A verdict", "policy [×]", "verdict", "noisy", "minutes", "load"],
      rows,
    ),
  ].join("\n");
}

function estimateText({ value, low, high }: Estimate): string {
  return `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
}
