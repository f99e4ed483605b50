import { assert, assertEquals } from "@std/assert";
import { cpuBackend } from "../../backends/cpu/mod.ts";
import { wasmBackend } from "../../backends/wasm/mod.ts";
import { fuzzCase, randomSession } from "./_fuzz.ts";

/** Cases per backend, 10,000 in all. */
const CASES = 5000;
const MODELS = 100;

for (const backend of [cpuBackend, wasmBackend]) {
  Deno.test(`${CASES} random models, policies and prompts are lossless on ${backend.name}`, async () => {
    let drafted = 0;
    let accepted = 0;
    for (let model = 0; model < MODELS; model++) {
      const session = await randomSession(model, backend);
      for (let i = 0; i < CASES / MODELS; i++) {
        const outcome = await fuzzCase(session, model * CASES + i);
        assert(outcome.certificate.verdict !== "bug", outcome.text);
        drafted += outcome.drafted;
        accepted += outcome.accepted;
      }
      session.close();
    }
    // Both outcomes must be common, or little was tested.
    assert(accepted > drafted / 10 && accepted < 0.9 * drafted, `${accepted} of ${drafted}`);
  });
}

Deno.test("a case of the fuzzer is the same each time", async () => {
  const session = await randomSession(3, cpuBackend);
  const first = await fuzzCase(session, 17);
  assertEquals(await fuzzCase(session, 17), first);
  session.close();
});
