// Bundles a program of the phone for Node, with generated modules from a folder of one's own.
import { build } from "esbuild";

const [entry, folder, out] = process.argv.slice(2);
const own = {
  name: "own-generated",
  setup(builder) {
    builder.onResolve({ filter: /generated\/(templates|catalogue|icons|assets)(_first)?$/ }, ({ path }) => ({
      path: `${folder}/${path.split("/").at(-1)}.ts`,
    }));
    builder.onResolve({ filter: /^\.\.\/templating\// }, ({ path, importer }) =>
      importer.startsWith(folder) ? { path: new URL(`../../web/pocket/${path.slice(3)}.ts`, import.meta.url).pathname } : null,
    );
  },
};
await build({ entryPoints: [entry], outfile: out, bundle: true, format: "esm", platform: "node", plugins: [own] });
