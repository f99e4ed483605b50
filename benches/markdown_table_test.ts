import { assertEquals } from "@std/assert";
import { figure, figureWithInterval, markdownTable, percent } from "./markdown_table.ts";

Deno.test("markdownTable() aligns columns and fills missing cells", () => {
  assertEquals(
    markdownTable(["part", "ms"], [["attention", "1.5"], ["mlp"]]),
    [
      "| part      |  ms |",
      "| --------- | --: |",
      "| attention | 1.5 |",
      "| mlp       |   — |",
      "",
    ].join("\n"),
  );
});

Deno.test("markdownTable() keeps a bar or a line break inside its cell", () => {
  assertEquals(markdownTable(["a"], [["x|y\nz"]]).split("\n")[2], "| x\\|y z |");
});

Deno.test("figure() shows three digits at every size", () => {
  assertEquals([0, 0.001234, 0.5, 1.234, 12.34, 123.4].map((it) => figure(it)), [
    "0.00",
    "0.00123",
    "0.500",
    "1.23",
    "12.3",
    "123",
  ]);
  assertEquals(figure(1.0049, 4), "1.005");
  assertEquals([figure(undefined), figure(NaN)], ["—", "—"]);
});

Deno.test("figureWithInterval() leaves out an interval that cannot be told", () => {
  assertEquals(figureWithInterval({ value: 2, low: 1, high: 3 }), "2.00 [1.00, 3.00]");
  assertEquals(figureWithInterval({ value: 2, low: NaN, high: NaN }), "2.00");
  assertEquals(percent(0.987), "98.7 %");
});
