import * as vscode from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { executeCommand, Pages } from "./commands";
import { onDidSelectInterpreter } from "./interpreter";
import { findServer, STARTING } from "./server";
import { type Status, StatusItem } from "./status";

const SELECTOR = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "vscode-notebook-cell", language: "python" },
];

let running: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const session = new Session(context);
  running = session;
  const restart = (): Promise<void> => session.restart();
  context.subscriptions.push(
    session,
    Pages.register(),
    vscode.commands.registerCommand("conflict-lint.restart", restart),
    vscode.commands.registerCommand("conflict-lint.showLog", () => session.output.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (STARTING.some((key) => event.affectsConfiguration(key))) {
        await restart();
      }
    }),
  );
  await session.restart();
  const selecting = await onDidSelectInterpreter(() => void restart());
  context.subscriptions.push(...(selecting === undefined ? [] : [selecting]));
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** The server of this window. */
class Session implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel("conflict-lint", { log: true });
  private readonly status = new StatusItem(SELECTOR);
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** Start the server anew; one start after the other, however fast they are asked for. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.stop();
      await this.start();
    });
    return this.turn;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await vscode.commands.executeCommand("setContext", "conflict-lint.running", false);
    try {
      await client?.dispose();
    } catch (error) {
      this.output.warn(`the server did not stop by itself: ${String(error)}`);
    }
  }

  dispose(): void {
    this.status.dispose();
    this.output.dispose();
  }

  private async start(): Promise<void> {
    this.status.starting();
    const server = await findServer(this.context);
    if ("problem" in server) {
      this.status.failed("no Python 3.10 or later to run the server");
      this.output.error(`no interpreter fits: ${server.problem}`);
      void this.offerInterpreter(server.problem);
      return;
    }
    this.output.info(`starting ${[server.command, ...(server.args ?? [])].join(" ")}`);
    const client = new LanguageClient("conflict-lint", "conflict-lint", server, this.options());
    client.onNotification("conflict-lint/status", (status: Status) => this.status.update(status));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.client === client) {
        this.status.failed("the server has stopped; the log says why");
      } else if (newState === State.Running) {
        this.status.running();
      }
    });
    this.client = client;
    try {
      await client.start();
      await vscode.commands.executeCommand("setContext", "conflict-lint.running", true);
    } catch (error) {
      this.status.failed("the server does not start; the log says why");
      this.output.error(String(error));
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.output,
      traceOutputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: {
        settings: vscode.workspace.getConfiguration("conflict-lint"),
        status: true,
        showsResults: true,
        showsMessages: true,
        ruleLink: "command:conflict-lint.explain?%5B%22{code}%22%5D",
      },
      middleware: { executeCommand },
    };
  }

  private async offerInterpreter(problem: string): Promise<void> {
    const select = "Select Interpreter";
    const settings = "Open Settings";
    const python = vscode.extensions.getExtension("ms-python.python") !== undefined;
    const chosen = await vscode.window.showErrorMessage(
      `conflict-lint finds no Python 3.10 or later (${problem}).`,
      ...(python ? [select, settings] : [settings]),
    );
    if (chosen === select) {
      await vscode.commands.executeCommand("python.setInterpreter");
    } else if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "conflict-lint.interpreter");
    }
  }
}
