/** The action's script, run as a runner would, on versions of a real policy. */
import { assert, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { ROOT, withFolder } from "../store/_folder.ts";

const POLICY = "policies/own.ts";

interface Ended {
  readonly code: number;
  readonly text: string;
  readonly outputs: string;
  readonly summary: string;
}

async function compare(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [`${ROOT}.github/actions/compare-policy/compare.sh`],
    cwd: folder,
    env: {
      GITHUB_ACTION_PATH: `${ROOT}.github/actions/compare-policy`,
      GITHUB_OUTPUT: `${folder}/outputs`,
      GITHUB_STEP_SUMMARY: `${folder}/summary`,
      DENO: "deno",
      POLICY,
      BASE: "base",
      HEAD: "head",
      OUT: "out",
      RUN_FLAGS: "--suite=copy,recall\n--limit=4\n--passes=free,lockstep\n--no-control\n",
      ...env,
    },
  }).output();
  const decoder = new TextDecoder();
  const take = async (name: string) => {
    const text = await Deno.readTextFile(`${folder}/${name}`).catch(() => "");
    await Deno.remove(`${folder}/${name}`).catch(() => {});
    return text;
  };
  return {
    code,
    text: decoder.decode(stdout) + decoder.decode(stderr),
    outputs: await take("outputs"),
    summary: await take("summary"),
  };
}

Deno.test("the action tells new, unchanged, better and worse versions of a policy apart", async () => {
  const source = await Deno.readTextFile(`${ROOT}examples/own_policy/entropy_exit.ts`);
  await withFolder(async (folder) => {
    for (const side of ["base", "head"]) {
      await Deno.mkdir(`${folder}/${side}/policies`, { recursive: true });
    }
    const put = (side: string, changes: readonly (readonly [string, string])[] = []) =>
      Deno.writeTextFile(
        `${folder}/${side}/${POLICY}`,
        changes.reduce((text, [from, to]) => {
          assert(text.includes(from), from);
          return text.replace(from, to);
        }, source),
      );

    await put("head");
    const fresh = await compare(folder);
    assertStrictEquals(fresh.code, 0, fresh.text);
    assertStringIncludes(fresh.outputs, "outcome=new");
    assertStringIncludes(fresh.summary, "entropy_exit");

    await put("base");
    const same = await compare(folder);
    assertStrictEquals(same.code, 0, same.text);
    assertStringIncludes(same.outputs, "outcome=unchanged");

    // Asks for a readout at one more height: dearer, and no better.
    await put("head", [["default: [4, 6, 8]", "default: [2, 4, 6, 8]"], [
      "default: 0.5",
      "default: 0.001",
    ]]);
    await put("base", [["default: 0.5", "default: 0.001"]]);
    const worse = await compare(folder);
    assertStrictEquals(worse.code, 1, worse.text);
    assertStringIncludes(worse.outputs, "outcome=regression");
    assertStringIncludes(worse.outputs, "junit=");
    assertStringIncludes(worse.summary, "❌ **Regression**");
    assertStringIncludes(worse.summary, "readouts");

    const better = await compare(folder, { BASE: "head", HEAD: "base" });
    assertStrictEquals(better.code, 0, better.text);
    assertStringIncludes(better.outputs, "outcome=pass");

    const broken = await compare(folder, { GATE_FLAGS: "--tolerance=2" });
    assertStrictEquals(broken.code, 64, broken.text);
    assertStringIncludes(broken.outputs, "outcome=failed");
  });
});
