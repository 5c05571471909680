import * as vscode from "vscode";

/** What the server says about one document; see `Status` in `conflict_lint.lsp.answers`. */
export interface Status {
  readonly uri: string;
  readonly state: "silent" | "findings" | "other" | "clean";
  readonly message: string;
  readonly findings: number;
  readonly configuration: string;
  readonly problem: string;
}

/** The language status item: what is shown in the active editor, and why nothing is. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;
  private readonly known = new Map<string, Status>();
  private readonly listener: vscode.Disposable;
  private server = "";

  constructor(selector: vscode.DocumentSelector) {
    this.item = vscode.languages.createLanguageStatusItem("conflict-lint", selector);
    this.item.name = "conflict-lint";
    this.item.command = { command: "conflict-lint.showLog", title: "Show the Log" };
    this.listener = vscode.window.onDidChangeActiveTextEditor(() => this.show());
    this.starting();
  }

  starting(): void {
    this.known.clear();
    this.server = "starting";
    this.item.busy = true;
    this.show();
  }

  running(): void {
    this.server = "";
    this.item.busy = false;
    this.show();
  }

  failed(why: string): void {
    this.server = why;
    this.item.busy = false;
    this.show();
  }

  update(status: Status): void {
    this.known.set(vscode.Uri.parse(status.uri).toString(), status);
    this.show();
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private show(): void {
    if (this.server !== "") {
      const busy = this.item.busy;
      this.item.text = busy ? "conflict-lint" : "$(error) conflict-lint";
      this.item.detail = this.server;
      this.item.severity = busy ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Error;
      return;
    }
    const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
    const status = uri === undefined ? undefined : this.known.get(uri.toString());
    this.item.text = `conflict-lint${status === undefined ? "" : `: ${status.message}`}`;
    const { configuration = "", problem = "" } = status ?? {};
    this.item.detail = problem !== "" ? `${problem} (the last good settings stay in force)` : configuration || "default settings";
    this.item.severity = vscode.LanguageStatusSeverity[problem === "" ? "Information" : "Warning"];
  }
}
