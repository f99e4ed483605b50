import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { PolicyPlugin } from "../harness/contract/policy.ts";
import { policies } from "../policies/mod.ts";
import { cardPage, cardPages } from "./docs_card_page.ts";
import { updateCards } from "./docs_cards.ts";

const FOLDER = new URL("../docs/policies/", import.meta.url);

Deno.test("updateCards() finds the committed card pages up to date", async () => {
  assertEquals(await updateCards({ folder: FOLDER, check: true }), []);
});

Deno.test("cardPages() has a page per policy and an index that leads to all", () => {
  const pages = cardPages(policies);
  assertEquals(pages.size, policies.length + 1);
  for (const { name } of policies) {
    assertStringIncludes(pages.get("README.md")!, `(${name}.md)`);
    assertStringIncludes(pages.get(`${name}.md`)!, `# \`${name}\``);
  }
});

Deno.test("cardPage() tells options, deviations, and that an upper bound is one", () => {
  const calm = policies.find(({ name }) => name === "calm")!;
  const page = cardPage(calm);
  assertStringIncludes(page, "| `threshold` |");
  for (const text of calm.card.deviations) assert(page.includes(text.slice(0, 12)), text);
  assertStringIncludes(
    cardPage(policies.find(({ name }) => name === "oracle")!),
    "**Upper bound**",
  );
});

Deno.test("updateCards() reports stale, missing and left-over pages, and mends them", async () => {
  const folder = new URL(`../.tmp/docs_cards_${crypto.randomUUID()}/`, import.meta.url);
  try {
    const missing = await updateCards({ folder, check: true });
    assertEquals(missing.length, policies.length + 1);
    await updateCards({ folder, check: false });
    await Deno.writeTextFile(new URL("calm.md", folder), "old");
    await Deno.writeTextFile(new URL("gone.md", folder), "left over");
    assertEquals(await updateCards({ folder, check: true }), [
      "calm.md is out of date",
      "gone.md belongs to no policy",
    ]);
    await updateCards({ folder, check: false });
    assertEquals(await updateCards({ folder, check: true }), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cardPage() escapes what Markdown would take as markup", () => {
  const [first] = policies;
  const hostile = { ...first!, card: { ...first!.card, summary: "a *b* <i>c</i> |d|" } };
  assertStringIncludes(cardPage(hostile as PolicyPlugin), "a \\*b\\* \\<i\\>c\\</i\\> \\|d\\|.");
});
