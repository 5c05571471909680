// A real VS Code workbench with the extension, in a browser: code-server with a throw-away profile, driven as a user does.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const EDITORS = process.env.EDITORS;
const CODE = path.join(EDITORS, "code-server/node_modules/code-server/out/node/entry.js");
const { chromium } = createRequire(path.join(EDITORS, "playwright/"))("playwright-core");
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.editor.enablePreview": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.colorTheme": "Default Light Modern",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
  "window.restoreWindows": "none",
};

async function freePort() {
  return await new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Start a workbench with an extension, settings and files (name to text, in which FOLDER is its place) in a folder, which
 * may be a stranger's. */
export async function start({ vsix, settings, files, trusted = true }) {
  const home = mkdtempSync(path.join(tmpdir(), "workbench-"));
  const user = path.join(home, "user");
  const folder = path.join(home, "folder");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text.replaceAll("FOLDER", folder));
  }
  mkdirSync(path.join(user, "User"), { recursive: true });
  writeFileSync(path.join(user, "User", "settings.json"), JSON.stringify({ ...QUIET, "security.workspace.trust.enabled": !trusted }));
  // What is run is a machine's setting, and the machine is not the browser's.
  mkdirSync(path.join(user, "Machine"), { recursive: true });
  writeFileSync(path.join(user, "Machine", "settings.json"), JSON.stringify(settings));
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, "config"), XDG_DATA_HOME: path.join(home, "data") };
  for (const name of ["VSCODE_IPC_HOOK_CLI", "PORT", "PASSWORD", "PYTHONPATH"]) {
    delete env[name];
  }
  const own = ["--user-data-dir", user, "--extensions-dir", path.join(home, "extensions")];
  execFileSync(process.execPath, [CODE, ...own, "--install-extension", vsix], { env, stdio: "pipe" });
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [CODE, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, ...own, "--disable-telemetry", "--disable-update-check",
      "--disable-getting-started-override", ...(trusted ? ["--disable-workspace-trust"] : [])],
    { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let said = "";
  server.stdout.on("data", (data) => (said += data));
  server.stderr.on("data", (data) => (said += data));
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (attempt > 300 || server.exitCode !== null) throw new Error(`code-server does not start:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(60_000);
  await page.goto(`http://127.0.0.1:${port}/?folder=${folder}`);
  await page.waitForSelector(".monaco-workbench .explorer-folders-view", { timeout: 90_000 });
  return new Workbench(page, folder, async () => {
    await browser.close();
    const gone = new Promise((resolve) => server.once("exit", resolve));
    process.kill(-server.pid, "SIGTERM");
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {
      // it has gone by itself
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
}

class Workbench {
  constructor(page, folder, stop) {
    this.page = page;
    this.folder = folder;
    this.stop = stop;
  }

  async picture(name) {
    if (process.env.PICTURES) {
      await this.page.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
    }
  }

  /** Press a key until something is there: a busy machine's workbench may not be listening yet. */
  async insist(key, locator) {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press(key);
      try {
        return await locator.waitFor({ timeout: 5_000 });
      } catch (error) {
        if (attempt === 6) throw error;
      }
    }
  }

  /** Ask in the palette that a key opens, and take what it offers first once that is the wanted thing. */
  async palette(key, text, offered) {
    const { page } = this;
    const input = page.locator(".quick-input-widget:visible input").first();
    await this.insist(key, input);
    await input.fill(text);
    await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: offered }).waitFor();
    await page.keyboard.press("Enter");
  }

  async command(title) {
    await this.palette("F1", `>${title}`, title);
  }

  async open(name) {
    const { page } = this;
    await this.palette("Control+p", name, name);
    await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
    if (!name.endsWith(".ipynb")) {
      await page.locator(".editor-instance .monaco-editor.focused").first().waitFor();
    }
  }

  /** Put the cursor somewhere (both from 1). */
  async go(line, column) {
    await this.palette("Control+g", `:${line}:${column}`, `line ${line}`);
    await this.page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ` }).waitFor();
  }

  async hover() {
    await this.command("Show or Focus Hover");
  }

  problem(text) {
    return this.page.locator(".markers-panel .monaco-list-row", { hasText: text });
  }

  squiggle(severity) {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  async quickFixes() {
    await this.insist("Control+.", this.page.locator(".action-widget .monaco-list-row").first());
  }

  async choose(title) {
    await this.page.locator(".action-widget .monaco-list-row", { hasText: title }).click();
  }

  line(text) {
    return this.page.locator(".editor-instance .view-line", { hasText: text });
  }
}
