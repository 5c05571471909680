// node --test untrusted.test.mjs, with VSIX, PYTHON, EDITORS and CHROMIUM: a folder that wants to have its programs run.
// TRUSTED=yes is the control: then they are.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { start } from "./workbench.mjs";

const SAMPLE = `import boto3

s3 = boto3.client("s3")


def add(bucket, key, item):
    items = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=items + item)
`;
const RUN = "from pathlib import Path\nPath(__file__).with_name('was-run').touch()\n";

let bench;
after(async () => await bench?.stop());

test("nothing of a folder that is not trusted is run, and findings are shown all the same", async () => {
  const wanted = { "conflict-lint.path": [process.env.PYTHON, "FOLDER/evil.py"], "conflict-lint.interpreter": ["FOLDER/evil"] };
  bench = await start({
    vsix: process.env.VSIX,
    settings: {},
    trusted: process.env.TRUSTED === "yes",
    files: {
      "sample.py": SAMPLE,
      "evil.py": RUN,
      "conflict_lint.py": RUN,
      "json.py": RUN,
      ".vscode/settings.json": JSON.stringify(wanted),
    },
  });
  await bench.open("sample.py");
  if (process.env.TRUSTED === "yes") await new Promise((resolve) => setTimeout(resolve, 5_000));
  else await bench.squiggle("warning").first().waitFor();
  assert.ok(!existsSync(path.join(bench.folder, "was-run")), "was-run");
});
