import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { DOMParser } from "linkedom";
import { junit } from "./junit.ts";
import { GATE } from "./testdata/gate.ts";

interface Element {
  readonly localName: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

const TEXT = junit(GATE);
const DOCUMENT = new DOMParser().parseFromString(TEXT, "text/xml") as unknown as Element;

Deno.test("junit() gives each outcome its element and counts them", () => {
  const [all] = DOCUMENT.querySelectorAll("testsuites");
  const count = (name: string) => all?.getAttribute(name);
  assertEquals(["tests", "failures", "errors", "skipped"].map(count), ["5", "1", "1", "2"]);
  const inner = (name: string) => [...DOCUMENT.querySelectorAll(name)].length;
  assertEquals(["testsuite", "testcase", "failure", "error", "skipped"].map(inner), [
    2,
    5,
    1,
    1,
    2,
  ]);
});

Deno.test("junit() keeps hostile text text, and characters that XML has no place for away", () => {
  assert(TEXT.includes('message="⟨U+0000⟩]]&gt;&amp;&quot;&apos;&lt;x&gt;\ufffd"'), TEXT);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/.test(TEXT));
  assert(!TEXT.includes("<x>"));
});

Deno.test("junit() gives equal bytes for equal reports", () => {
  assertStrictEquals(junit(structuredClone(GATE)), TEXT);
});
