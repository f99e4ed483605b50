import { assertEquals } from "@std/assert";
import { comparePeers, type PeerArm } from "./compare.ts";
import { MEASURES } from "./measure.ts";

Deno.test("comparePeers() visits all arms in turn and throws the first visit away", async () => {
  const calls: string[] = [];
  const arm = (id: PeerArm["id"]): PeerArm => ({
    id,
    threads: 1,
    peer: {
      name: id,
      details: [],
      measure(measure) {
        calls.push(`${id} ${measure.kind}`);
        return Promise.resolve(id === "wllama" && measure.kind === "rows" ? undefined : 1);
      },
      continuation: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    },
  });
  const measures = MEASURES.filter(({ kind }) => kind !== "prefill").slice(0, 2);
  const times = await comparePeers([arm("ours"), arm("wllama")], {
    measures,
    visits: 2,
    seed: 1,
    aborted: () => false,
  });
  assertEquals(times.map(({ timesMs }) => timesMs.length), [8, 8, 8, 0]);
  const decode = calls.filter((call) => call.endsWith("decode")).map((call) => call.split(" ")[0]!);
  assertEquals(decode.length, 2 * (1 + 2 * 4));
  const pairs = decode.slice(2); // after warming up: ABBA in every four calls
  for (let i = 0; i < pairs.length; i += 4) {
    assertEquals([pairs[i + 3], pairs[i + 2]], [pairs[i], pairs[i + 1]]);
  }
});
