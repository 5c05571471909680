import * as vscode from "vscode";
import type { ExecuteCommandSignature } from "vscode-languageclient/node";

/** The server's commands: what is asked of the user before, and how the answer is shown. */
export async function executeCommand(command: string, args: unknown[], next: ExecuteCommandSignature): Promise<unknown> {
  switch (command) {
    case "conflict-lint.explain": {
      const word = typeof args[0] === "string" ? args[0] : await askForWord();
      return word === undefined ? undefined : await showText(await next(command, [word]), `${word.replaceAll(/[^\w.-]+/g, "-") || "rules"}.md`);
    }
    case "conflict-lint.showConfiguration": {
      const uri = vscode.window.activeTextEditor?.document.uri.toString();
      return await showText(await next(command, uri === undefined ? [] : [uri]), "configuration.toml");
    }
    case "conflict-lint.debugInformation":
      return await showText(await next(command, []), "debug-information.txt");
    case "conflict-lint.checkWorkspace": {
      const count: unknown = await next(command, []);
      await vscode.commands.executeCommand("workbench.actions.view.problems");
      vscode.window.setStatusBarMessage(`conflict-lint: ${String(count)} found in files that are not open`, 5_000);
      return count;
    }
    case "conflict-lint.fixWorkspace": {
      const count: unknown = await next(command, []);
      vscode.window.setStatusBarMessage(`conflict-lint: ${String(count)} files repaired`, 5_000);
      return count;
    }
    default:
      return await next(command, args);
  }
}

async function askForWord(): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const range = editor?.document.getWordRangeAtPosition(editor.selection.active);
  return await vscode.window.showInputBox({
    title: "Explain",
    prompt: "A rule, error code, exception class, HTTP status, operation or guide",
    placeHolder: "CL101, PreconditionFailed, s3.put_object, 412",
    value: range === undefined ? "" : (editor?.document.getText(range) ?? ""),
  });
}

async function showText(text: unknown, name: string): Promise<void> {
  if (typeof text !== "string") {
    return;
  }
  const page = Pages.put(name, text);
  if (name.endsWith(".md")) {
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } else {
    await vscode.window.showTextDocument(page, { preview: true });
  }
}

/** Texts of the server's, shown as documents that cannot be edited and need not be saved. */
export class Pages implements vscode.TextDocumentContentProvider {
  private static readonly scheme = "conflict-lint";
  private static readonly texts = new Map<string, string>();
  private static readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = Pages.changed.event;

  static register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(Pages.scheme, new Pages());
  }

  static put(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: Pages.scheme, path: `/${name}` });
    Pages.texts.set(uri.toString(), text);
    Pages.changed.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return Pages.texts.get(uri.toString()) ?? "";
  }
}
