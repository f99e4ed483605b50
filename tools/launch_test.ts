import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { absolute, launchArguments } from "./launch.ts";
import { namedPaths } from "./named_paths.ts";

const nothing = () => undefined;
const SET = { read: ["."], write: ["./out"], sys: ["cpus"], env: ["CI"] };
const PLACE = { root: "/clone", cwd: "/home/me" };

Deno.test("namedPaths() finds models, folders of policies, outputs", () => {
  assertEquals(
    namedPaths(
      ["run", "--model", "../m.gguf", "--policies=./p/a.ts(t=1),calm,/x/b.ts", "--out", "o"],
      nothing,
    ),
    { read: ["../m.gguf", "./p", "/x"], write: ["o"] },
  );
  assertEquals(namedPaths(["run", "--model", "tiny", "--policies", "calm("], nothing), {
    read: [],
    write: ["out"],
  });
  assertEquals(namedPaths(["compare", "a", "b/records.sqlite"], nothing).read, [
    "a",
    "b/records.sqlite",
  ]);
  assertEquals(namedPaths(["replay", "t", "--policies", "./p/x.ts"], nothing).read, ["t", "./p"]);
  assertEquals(namedPaths(["trace", "--text", "./p/x.ts", "--out", "o"], nothing), {
    read: ["./p"],
    write: ["o"],
  });
  assertEquals(namedPaths(["report", "a/records.sqlite"], nothing).write, ["a"]);
  assertEquals(namedPaths(["check", "my_policy.ts"], nothing).read, ["."]);
  assertEquals(namedPaths(["merge", "a"], nothing).write, ["a"]);
  assertEquals(namedPaths(["bless", "a", "--reason", "r"], nothing), {
    read: ["a"],
    write: ["depthbench-baseline.json", "depthbench-baseline.json.tmp"],
  });
  assertEquals(namedPaths(["compare", "a", "--confirmed", "b", "--junit", "c/j.xml"], nothing), {
    read: ["a", "b"],
    write: ["c/j.xml", "c/j.xml.tmp"],
  });
});

Deno.test("namedPaths() finds files of trained parts, of flags and of spec files", () => {
  const read = (...args: readonly string[]) =>
    namedPaths(args, () => '{"parts":["../s.safetensors","embedded:calm"]}').read;
  assertEquals(read("run", "--parts", "embedded:calm, ../p.safetensors"), ["../p.safetensors"]);
  assertEquals(read("check", "--parts=embedded:calm"), []);
  assertEquals(read("run", "--spec", "s.json"), ["s.json", "../s.safetensors"]);
});

Deno.test("namedPaths() finds frozen options and the policy file that they name", () => {
  const files: Readonly<Record<string, string>> = {
    "../o/built_in.json": JSON.stringify({ policy: { name: "calm" } }),
    "o/own.json": JSON.stringify({ policy: { name: "own", path: "./p/own.ts" } }),
    "o/broken.json": "{",
  };
  const read = (...args: readonly string[]) => namedPaths(args, (path) => files[path]).read;
  assertEquals(read("run", "--policies", "calm, @../o/built_in.json"), ["../o/built_in.json"]);
  assertEquals(read("generate", "--policy", '@"o/own.json"'), ["o/own.json", "./p"]);
  assertEquals(read("run", "--policies", "@o/broken.json,@none.json"), [
    "o/broken.json",
    "none.json",
  ]);
  assertEquals(namedPaths(["calibrate", "--policy", "calm", "--out", "/x/c.json"], nothing), {
    read: [],
    write: ["/x/c.json", "/x/c.json.tmp"],
  });
});

Deno.test("namedPaths() reads what a spec file names", () => {
  const spec = JSON.stringify({ model: "./m.gguf", policies: ["calm", "./q/c.ts"], out: "o" });
  assertEquals(namedPaths(["run", "--spec", "s.json"], (path) => path === "s.json" ? spec : ""), {
    read: ["s.json", "./m.gguf", "./q"],
    write: ["o", "out"],
  });
  assertEquals(namedPaths(["run", "--spec=s.json"], () => "{ not json").read, ["s.json"]);
});

Deno.test("launchArguments() grants the set and the named paths, and says which lie outside", () => {
  const { args, notes } = launchArguments(["check", "../p/a.ts"], {
    set: SET,
    place: PLACE,
    readText: nothing,
  });
  assert(args.includes("--allow-read=/clone,/home/p"));
  assert(args.includes("--allow-write=/clone/out"));
  assert(!args.some((arg) => /^(?:-A|--allow-(?:all|net|run|ffi|import))/.test(arg)));
  assertEquals(args.slice(-3), ["/clone/main.ts", "check", "../p/a.ts"]);
  assertEquals(notes, ["May read /home/p"]);
});

Deno.test("launchArguments() says nothing of paths inside the clone and escapes commas", () => {
  const { args, notes } = launchArguments(["run", "--out", "a,b"], {
    set: SET,
    place: { root: "/clone", cwd: "/clone" },
    readText: nothing,
  });
  assert(args.includes("--allow-write=/clone/out,/clone/a,,b"));
  assertEquals(notes, []);
});

Deno.test("absolute() resolves dots, file URLs and drive letters", () => {
  assertStrictEquals(absolute("../a/./b", "/x/y"), "/x/a/b");
  assertStrictEquals(absolute("/a/../b", "/x"), "/b");
  assertStrictEquals(absolute("file:///a%20b/c.ts", "/x"), "/a b/c.ts");
  assertStrictEquals(absolute("C:\\a\\b", "/x"), "C:/a/b");
});
