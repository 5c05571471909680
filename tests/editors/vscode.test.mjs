// node --test vscode.test.mjs, with VSIX, PYTHON, EDITORS, CHROMIUM and maybe SERVER (a program) and PICTURES (a folder)
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import { start } from "./workbench.mjs";

const SAMPLE = `import json

import boto3

s3 = boto3.client("s3")


def add(bucket, key, item):
    response = s3.get_object(Bucket=bucket, Key=key)
    items = json.loads(response["Body"].read())
    items.append(item)
    "😀"; s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(items))


def latest(bucket):
    try:
        return s3.get_object(Bucket=bucket, Key="latest")
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSchKey":
            return None
        raise
`;
const ASKING = SAMPLE.replace("NoSchKey", "NoSuchKey").replace("(items))", '(items), IfMatch=response["ETag"])');
const NOTEBOOK = {
  cells: ["%matplotlib inline\nimport json\nimport boto3\ns3 = boto3.client('s3')", SAMPLE.slice(SAMPLE.indexOf("def add"), SAMPLE.indexOf("\n\n\ndef latest"))].map(
    (source, number) => ({ cell_type: "code", id: `cell${number}`, metadata: {}, source, outputs: [], execution_count: null }),
  ),
  metadata: { language_info: { name: "python" }, kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

let bench;
const saved = (name) => readFileSync(path.join(bench.folder, name), "utf8");

async function until(what, is) {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(what);
}

before(async () => {
  bench = await start({
    vsix: process.env.VSIX,
    settings: {
      "conflict-lint.interpreter": [process.env.PYTHON],
      "conflict-lint.importStrategy": "useBundled",
      "conflict-lint.path": process.env.SERVER ? [process.env.PYTHON, process.env.SERVER] : [],
    },
    files: {
      "sample.py": SAMPLE,
      "asking.py": ASKING,
      "saving.py": `x = 1  # conflict-lint: ignore[CL101] not any more\n${SAMPLE}`,
      "plain.py": "x = 1\n",
      "vendored/copy.py": SAMPLE,
      "notebook.ipynb": JSON.stringify(NOTEBOOK),
      "conflict-lint.toml": 'extend-exclude = ["vendored"]\n',
      ".vscode/settings.json": JSON.stringify({ "[python]": { "editor.codeActionsOnSave": {} } }),
    },
  });
});
afterEach(async (context) => {
  if (context.passed === false) await bench.picture(`failed-${context.name.slice(0, 30).replaceAll(" ", "-")}`);
});
after(async () => await bench?.stop());

test("a finding is underlined, and has the right column after an emoji", async () => {
  await bench.open("sample.py");
  await bench.squiggle("warning").first().waitFor();
  await bench.squiggle("error").first().waitFor();
  await bench.command("Problems: Focus on Problems View");
  const row = bench.problem("put_object").first();
  await row.waitFor();
  const text = await row.innerText();
  assert.match(text, /CL101/);
  assert.match(text, /\[Ln 12, Col 14\]/); // the emoji is two units of UTF-16
  await bench.problem("NoSchKey").first().waitFor();
  await bench.picture("problems");
});

if (!process.env.SERVER) {
  test("a hover explains an error code, for the call in the try", async () => {
    await bench.open("asking.py");
    await bench.go(19, 53);
    await bench.hover();
    const hover = bench.page.locator(".monaco-hover:visible", { hasText: "Can I simply retry?" });
    await hover.first().waitFor();
    assert.match(await hover.first().innerText(), /NoSuchKey \(AWS s3/);
    await bench.picture("hover");
    await bench.page.keyboard.press("Escape");
  });

  test("a repair is chosen by keyboard, and what is saved is right", async () => {
    await bench.open("sample.py");
    await bench.go(12, 16);
    await bench.hover();
    const hover = bench.page.locator(".monaco-hover:visible", { hasText: "CL101 lost-update" });
    await hover.first().waitFor();
    assert.equal((await hover.first().innerText()).split("overwrites what another writer saved").length, 2); // told once
    await bench.picture("squiggle");
    await bench.page.keyboard.press("Escape");
    await bench.quickFixes();
    await bench.page.locator(".action-widget .monaco-list-row", { hasText: "Suppress CL101" }).waitFor();
    await bench.picture("quickfix");
    await bench.page.keyboard.press("Enter");
    await bench.line('IfMatch=response["ETag"]').first().waitFor();
    await bench.squiggle("warning").first().waitFor({ state: "detached" });
    await bench.picture("repaired");
    await bench.page.keyboard.press("Control+s");
    await until("saved", () => saved("sample.py") !== SAMPLE);
    assert.equal(saved("sample.py"), SAMPLE.replace("(items))", '(items), IfMatch=response["ETag"])'));
  });

  test("a suppression has a place for the reason", async () => {
    await bench.open("sample.py");
    await bench.go(19, 53);
    await bench.quickFixes();
    await bench.choose("Suppress CL403");
    await bench.line("ignore[CL403] say why").first().waitFor();
    await bench.page.keyboard.type("the old store says so");
    await bench.squiggle("error").first().waitFor({ state: "detached" });
    await bench.page.keyboard.press("Control+s");
    await until("saved", () => saved("sample.py").includes("the old store"));
    assert.match(saved("sample.py"), /"NoSchKey": {2}# conflict-lint: ignore\[CL403\] the old store says so\n/);
  });

  test("safe repairs are made on save, where one wants that", async () => {
    const wanted = { "[python]": { "editor.codeActionsOnSave": { "source.fixAll.conflict-lint": "explicit" } } };
    writeFileSync(path.join(bench.folder, ".vscode", "settings.json"), JSON.stringify(wanted));
    await bench.open("saving.py");
    await bench.squiggle("error").first().waitFor();
    await bench.go(1, 1);
    await bench.page.keyboard.type("# new\n");
    const repaired = `# new\nx = 1\n${SAMPLE.replace("NoSchKey", "NoSuchKey")}`;
    await until("repaired", async () => {
      await bench.page.keyboard.press("Control+s"); // again, until the setting has arrived
      await new Promise((resolve) => setTimeout(resolve, 300));
      return saved("saving.py") === repaired;
    });
  });

  test("completion offers what the call can raise", async () => {
    await bench.open("asking.py");
    await bench.go(19, 53);
    await bench.page.keyboard.press("Control+Space");
    const offered = bench.page.locator(".suggest-widget .monaco-list-row");
    await offered.first().waitFor();
    assert.match(await offered.first().innerText(), /NoSuchKey/);
    await bench.picture("completion");
    await bench.page.keyboard.press("Escape");
  });

  test("the cells of a notebook are checked together", async () => {
    await bench.open("notebook.ipynb");
    await bench.page.locator(".notebookOverlay .squiggly-warning").first().waitFor();
    await bench.picture("notebook");
  });

  test("the status item says what is found, and why nothing is", async () => {
    for (const [name, message] of [
      ["saving.py", "1 found"],
      ["plain.py", "no writes to a cloud service in this file"],
      ["copy.py", "excluded by the configuration"],
    ]) {
      await bench.open(name);
      await bench.page.locator('.statusbar-item[id="status.languageStatus"]').hover();
      await bench.page.locator(".hover-language-status:visible", { hasText: message }).first().waitFor();
      if (name === "saving.py") await bench.picture("status");
      await bench.page.mouse.move(600, 300);
    }
  });

  test("a broken configuration is shown inside of the file, and the last good one holds", async () => {
    await bench.open("conflict-lint.toml");
    await bench.go(1, 1);
    await bench.page.keyboard.type("selct = []");
    await bench.page.keyboard.press("Escape"); // else a suggestion may take the next key
    await bench.page.keyboard.press("Enter");
    await bench.page.keyboard.press("Control+s");
    await bench.squiggle("error").first().waitFor();
    await bench.go(1, 3);
    await bench.hover();
    await bench.page.locator(".monaco-hover:visible", { hasText: 'did you mean "select"?' }).first().waitFor();
    await bench.picture("configuration");
    await bench.page.keyboard.press("Escape");
    await bench.open("copy.py");
    assert.equal(await bench.squiggle("warning").count(), 0);
    await bench.page.locator('.statusbar-item[id="status.languageStatus"]').hover();
    await bench.page.locator(".hover-language-status:visible", { hasText: "the last good settings" }).first().waitFor();
    await bench.page.mouse.move(600, 300);
  });

  test("a rule's page opens from its code, and from the palette", async () => {
    await bench.open("saving.py");
    await bench.command("conflict-lint: Explain a Rule, Error Code or Operation");
    await bench.page.locator(".quick-input-title:visible", { hasText: "Explain" }).waitFor();
    const asked = bench.page.locator(".quick-input-widget:visible input[type=text]").first();
    await asked.fill("412");
    await bench.page.keyboard.press("Enter");
    await bench.page.locator('.tabs-container .tab.active[aria-label*="Preview 412.md"]').waitFor();
    await until("the page", async () => {
      const shown = bench.page.frames().map((frame) => frame.locator("h3", { hasText: "HTTP 412" }).count());
      return (await Promise.all(shown.map((count) => count.catch(() => 0)))).some((count) => count > 0);
    });
    await bench.picture("explain");
  });

  test("the server is run as the settings say", async () => {
    await bench.command("conflict-lint: Show Debug Information");
    await bench.page.locator('.tabs-container .tab.active[data-resource-name="debug-information.txt"]').waitFor();
    await bench.line(process.env.PYTHON).first().waitFor();
  });

  test("the server can be restarted", async () => {
    await bench.open("saving.py");
    await bench.squiggle("warning").first().waitFor();
    await bench.command("conflict-lint: Restart the Server");
    await bench.squiggle("warning").first().waitFor({ state: "detached" });
    await bench.squiggle("warning").first().waitFor();
  });
}
