import * as path from "node:path";
import * as vscode from "vscode";
import type { Executable } from "vscode-languageclient/node";
import { findInterpreter } from "./interpreter";

/** Settings that take effect only when the server is started anew. */
export const STARTING = ["path", "interpreter", "importStrategy", "args", "logLevel"].map((key) => `conflict-lint.${key}`);

/**
 * How the server is started: the program that the user names, else the interpreter with the environment's
 * conflict-lint, else the interpreter with the bundled one. VS Code leaves out what a folder that is not trusted sets.
 */
export async function findServer(context: vscode.ExtensionContext): Promise<Executable | { problem: string }> {
  const settings = vscode.workspace.getConfiguration("conflict-lint");
  const more = ["--log-level", settings.get<string>("logLevel", "warning"), ...settings.get<string[]>("args", [])];
  const options = { cwd: context.extensionPath, env: { ...process.env, PYTHONUTF8: "1" } };
  const [program, ...first] = settings.get<string[]>("path", []);
  if (program !== undefined) {
    return { command: program, args: [...first, "server", ...more], options };
  }
  const found = await findInterpreter(settings.get<string[]>("interpreter", []), vscode.workspace.isTrusted);
  if ("problem" in found) {
    return found;
  }
  const [python = "", ...arguments_] = found.command;
  const bundled = settings.get<string>("importStrategy") === "useBundled" || !vscode.workspace.isTrusted;
  const launch = path.join(context.extensionPath, "bundled", "launch.py");
  return { command: python, args: [...arguments_, launch, bundled ? "bundled" : "environment", ...more], options };
}
