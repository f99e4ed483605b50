import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { progressText, startProgress } from "./progress.ts";

function recorder(terminal: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const line = startProgress({
    terminal,
    columns: 40,
    now: () => clock.ms,
    write: (text) => written.push(text),
  });
  return { written, clock, line };
}

Deno.test("progressText() counts rate and remaining time from where a run was resumed", () => {
  const at = { done: 30, total: 90, what: "copy" };
  assertStrictEquals(
    progressText(at, { done: 10, elapsedMs: 10_000 }),
    "30/90 copy · 33 % · 2.0/s · 30s left",
  );
  assertStrictEquals(progressText(at, { done: 30, elapsedMs: 0 }), "30/90 copy · 33 %");
  assertStrictEquals(
    progressText({ done: 0, total: 0, what: "x" }, { done: 0, elapsedMs: 1 }),
    "0/0 x · 100 %",
  );
});

Deno.test("startProgress() writes plain lines at most every five seconds", () => {
  const { written, clock, line } = recorder(false);
  for (clock.ms = 0; clock.ms <= 11_000; clock.ms += 500) {
    line.update({ done: clock.ms / 500, total: 40, what: "a" });
  }
  line.end();
  assertEquals(written.length, 2);
  assert(written.every((text) => text.endsWith("\n") && !text.includes("\x1b")));
});

Deno.test("startProgress() rewrites one line no wider than the terminal and clears it", () => {
  const { written, clock, line } = recorder(true);
  line.update({ done: 0, total: 9, what: "a name far wider than any terminal of forty columns" });
  clock.ms = 50;
  line.update({ done: 1, total: 9, what: "too soon" });
  line.end();
  assertEquals(written.length, 2);
  assert(written[0]!.startsWith("\r\x1b[K0/9") && [...written[0]!].length === 4 + 39);
  assertStrictEquals(written[1], "\r\x1b[K");
});
