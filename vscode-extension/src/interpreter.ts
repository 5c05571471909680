import { execFile } from "node:child_process";
import * as vscode from "vscode";

const OLDEST: readonly [number, number] = [3, 10];
const PROBE = "import sys; print(*sys.version_info[:2])";
const PROBE_TIMEOUT = 10_000; // milliseconds; a first start from a cold disk takes a while

/** A Python that can run the server, or why there is none. */
export type Found = { command: readonly string[] } | { problem: string };

/** What of the Python extension's interface is used here. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** The first of the candidates that is new enough. One that the user has named is the only candidate. */
export async function findInterpreter(configured: readonly string[], trusted: boolean): Promise<Found> {
  const candidates = configured.length > 0 ? [configured] : await known(trusted);
  const problems: string[] = [];
  for (const command of candidates) {
    const problem = await unfit(command);
    if (problem === "") {
      return { command };
    }
    problems.push(`${command.join(" ")}: ${problem}`);
  }
  return { problem: problems.join("; ") };
}

/** Tell when the user selects another interpreter in the Python extension. */
export async function onDidSelectInterpreter(listener: () => void): Promise<vscode.Disposable | undefined> {
  return (await pythonExtension())?.environments?.onDidChangeActiveEnvironmentPath(listener);
}

/** In a folder that is not trusted an environment may be the folder's own, so only the system's Python is run. */
async function known(trusted: boolean): Promise<(readonly string[])[]> {
  const system = process.platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"]];
  const selected = trusted ? await selectedInterpreter() : undefined;
  return selected === undefined ? system : [[selected], ...system];
}

async function selectedInterpreter(): Promise<string | undefined> {
  const environments = (await pythonExtension())?.environments;
  if (environments === undefined) {
    return undefined;
  }
  const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
  return environment?.executable.uri?.fsPath;
}

async function pythonExtension(): Promise<PythonExtension | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  return extension === undefined ? undefined : await extension.activate();
}

/** Why an interpreter cannot be used, or nothing. */
async function unfit(command: readonly string[]): Promise<string> {
  const [program = "", ...first] = command;
  return await new Promise((resolve) => {
    execFile(program, [...first, "-c", PROBE], { timeout: PROBE_TIMEOUT }, (error, output) => {
      const [major = 0, minor = 0] = output.trim().split(" ").map(Number);
      const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
      resolve(error !== null ? error.message.trim() : old ? `is Python ${major}.${minor}, 3.10 or later is needed` : "");
    });
  });
}
