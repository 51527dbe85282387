// Writes a brotli and a gzip sibling beside every file named on the command line.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// Whoever reads meanwhile gets the old file or the new one, never half of it.
function publish(path, bytes) {
  writeFileSync(`${path}.half`, bytes);
  renameSync(`${path}.half`, path);
}

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  publish(`${path}.br`, brotliCompressSync(bytes, { params }));
  publish(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
