/**
 * A run of 100,000 records: its stored summary becomes a page in less than five
 * seconds and five megabytes, and says what it left out.
 *
 * @module
 */
import process from "node:process";
import { assert, assertStringIncludes } from "@std/assert";
import { arm, free, lockstep, storedRun, suite, timed } from "../../harness/summary/_test_run.ts";
import type { RunRecord } from "../../harness/contract/record.ts";
import type { Summary } from "../../harness/contract/summary.ts";
import { summarize } from "../../harness/summary/mod.ts";
import { html } from "../../reports/html.ts";

const ARMS = 25, SUITES = 4, ITEMS = 400, VISITS = 200;
const LENGTH = 300; // tokens of the longest outputs, more than are kept

function records(): readonly RunRecord[] {
  const all: RunRecord[] = [];
  for (let a = 0; a < ARMS; a++) {
    for (let s = 0; s < SUITES; s++) {
      for (let i = 0; i < ITEMS; i++) {
        const length = i < 6 ? LENGTH : 4;
        const heights = Array.from({ length }, (_, t) => a === 0 ? 30 : 1 + (a + i + t) % 30);
        const signals = {
          names: ["margin"],
          kinds: ["margin"],
          heights,
          values: [heights.map((height) => height / 31)],
        };
        all.push({
          ...free(`arm ${a}`, `item ${i}`, {
            suite: `suite ${s}`,
            tokens: heights.map((_, t) => a === 0 ? t : t + (t + a) % 7),
            heights,
            score: (i + a) % 3 === 0 ? 0 : 1,
          }),
          ...(a === 0 ? {} : { signals }),
        });
        all.push({
          ...lockstep(`arm ${a}`, `item ${i}`, {
            suite: `suite ${s}`,
            fullNll: [1, 2, 1, 2],
            flips: [0, (a + i) % 2, 0, 0],
            heights: heights.slice(0, 4),
          }),
          ...(a === 0 ? {} : { signals }),
        });
      }
    }
    for (let visit = 0; visit < 4 * VISITS; visit++) {
      all.push(
        timed(`arm ${a}`, `item ${visit % VISITS}`, {
          repetition: Math.floor(visit / VISITS),
          decodeMs: 10 + (visit * 7 + a) % 11 / 10,
        }),
      );
    }
  }
  return all;
}

Deno.test("html.render() draws a run of 100,000 records in 5 s and 5 MB", async () => {
  const all = records();
  assert(all.length >= 100_000, `${all.length}`);
  const arms = Array.from(
    { length: ARMS },
    (_, a) => arm(`arm ${a}`, a === 0 ? { role: "baseline" } : {}),
  );
  const suites = Array.from({ length: SUITES }, (_, s) => suite(`suite ${s}`));
  const run = storedRun({ arms, suites, records: all });
  const stored = JSON.parse(JSON.stringify(summarize(run, { resamples: 20 }))) as Summary;
  const before = process.cpuUsage(); // not the clock: other tests may hold the machine
  const page = await html.render(stored);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  assert(seconds < 5, `${seconds} s`);
  const bytes = new TextEncoder().encode(page).length;
  assert(bytes < 5_000_000, `${bytes} bytes`);
  assert(bytes > 500_000, `${bytes} bytes`); // it does hold 25 arms
  assertStringIncludes(page, "more tokens are left out");
  assertStringIncludes(page, "more policies are left out");
});
