package io.tapsentinel;

import io.tapsentinel.app.Program;
import io.tapsentinel.app.Settings;
import io.tapsentinel.doctor.Doctor;
import io.tapsentinel.report.Duplicates;
import io.tapsentinel.report.Gaps;
import io.tapsentinel.report.Rejected;
import io.tapsentinel.report.ReportSettings;
import io.tapsentinel.report.Routes;
import io.tapsentinel.report.Status;
import io.tapsentinel.sandbox.Sandbox;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. The program may be running: all commands only read its store. Only the doctor needs credentials. No command prints
 * event content.
 */
@Command(
        name = "tap-sentinel",
        description =
                "Delivers Proofpoint TAP events to Microsoft Sentinel. Runs until stopped if no command is given.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {Commands.RoutesCommand.class, HelpCommand.class})
final class Commands implements Callable<Integer> {

    private final Supplier<Map<String, String>> properties;
    private final Clock clock;
    private final PrintStream out;
    private final PrintStream notes;

    @Option(
            names = "--local",
            description =
                    "Serve the status page and reload edited routes. Without an account, simulate TAP and Sentinel.")
    private boolean local;

    private Commands(Supplier<Map<String, String>> properties, Clock clock, PrintStream out, PrintStream notes) {
        this.properties = properties;
        this.clock = clock;
        this.out = out;
        this.notes = notes;
    }

    /**
     * @param properties effective values
     * @param out        for results
     * @param notes      for a note if there are no results
     * @param failed     handles exceptions of commands
     */
    static CommandLine line(
            Supplier<Map<String, String>> properties,
            Clock clock,
            PrintStream out,
            PrintStream notes,
            IExecutionExceptionHandler failed) {
        CommandLine line = new CommandLine(new Commands(properties, clock, out, notes));
        line.getCommandSpec().version(Program.VERSION);
        return line.setExecutionExceptionHandler(failed).setParameterExceptionHandler((wrong, words) -> {
            PrintWriter err = wrong.getCommandLine().getErr();
            err.println("tap-sentinel: " + describe(wrong));
            wrong.getCommandLine().usage(err);
            return 1;
        });
    }

    private static String describe(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return wrong.getMessage();
        }
        String what = unmatched.isUnknownOption()
                ? "Unknown option"
                : wrong.getCommandLine().getSubcommands().isEmpty() ? "Unexpected argument" : "Unknown command";
        return what + " \"" + unmatched.getUnmatched().get(0) + "\"."
                + unmatched.getSuggestions().stream()
                        .findFirst()
                        .map(name -> " Did you mean \"" + name.substring(name.lastIndexOf(' ') + 1) + "\"?")
                        .orElse("");
    }

    @Override
    public Integer call() throws Exception {
        TapSentinel.run(properties.get(), local);
        return 0;
    }

    @Command(
            description =
                    "Show progress, backlog, gaps, request budget, completeness by hour, late rows, changes and rejected records.")
    void status() {
        Status.print(settings(), clock, out);
    }

    @Command(description = "List gaps (from, to, length, reason, noticed at), suspended tables and withdrawn events.")
    void gaps() {
        noteNone(Gaps.print(settings(), clock.instant(), out), "no gaps");
    }

    @Command(description = "List rejected records (table, key, time stored, reason, code, file).")
    void rejected() {
        noteNone(Rejected.print(settings(), out), "no rejected records");
    }

    @Command(description = "List records that Sentinel may hold twice (table, id, time sent).")
    void duplicates() {
        noteNone(Duplicates.print(settings(), out), "no possible duplicates");
    }

    @Command(description = "Check configuration, TAP, Azure and the store, and explain each problem.")
    void doctor() {
        Doctor.run(properties.get(), clock, out);
    }

    @Command(name = "routes", description = "Check edited routes: routes check [<folder>].")
    static final class RoutesCommand {

        @ParentCommand
        private Commands program;

        @Command(description = "Check routes without running them. The exit code is 1 if there is a problem.")
        void check(@Parameters(arity = "0..1", description = "Default: the routes in use.") String folder) {
            Routes.check(folder, program.properties.get(), program.out);
        }
    }

    /** The settings of the store in use; the sandbox has its own. */
    private ReportSettings settings() {
        Map<String, String> effective = new HashMap<>(properties.get());
        if (Settings.wantsSandbox(effective, "off")) {
            effective.putAll(Sandbox.storage(Sandbox.folder(effective)));
        }
        return ReportSettings.of(effective);
    }

    private void noteNone(int lines, String none) {
        if (lines == 0) {
            notes.println(none);
        }
    }
}
