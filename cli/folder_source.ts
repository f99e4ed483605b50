/**
 * A model folder on the disk.
 *
 * @module
 */
import type { ByteSource } from "../harness/contract/model.ts";
import type { ModelFolder } from "../models/open_folder.ts";
import { fileSource } from "./file_source.ts";

/** Whether `path` is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

/** The files of the folder at `path`. */
export function folderSource(path: string): ModelFolder {
  const root = path.replace(/[\\/]+$/, "");
  return {
    name: root.split(/[\\/]/).at(-1) ?? root,
    async file(name): Promise<ByteSource | undefined> {
      const file = `${root}/${name}`;
      const there = await Deno.stat(file).then((info) => info.isFile, () => false);
      return there ? await fileSource(file) : undefined;
    },
  };
}
