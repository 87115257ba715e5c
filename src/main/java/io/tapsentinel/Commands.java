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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Each command but doctor and routes shows the store, which it only reads, so that the program may run meanwhile.
 * None but doctor needs a credential, and none shows content of an event.
 */
@Command(
        name = "tap-sentinel",
        description = "Brings Proofpoint TAP events into Microsoft Sentinel. Without a command it runs.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {Commands.RoutesCommand.class, HelpCommand.class})
final class Commands implements Callable<Integer> {

    private final Supplier<Map<String, String>> properties;
    private final Clock clock;
    private final PrintStream out;
    private final PrintStream notes;

    @Option(names = "--local", description = "Run in the sandbox while no account is set.")
    private boolean local;

    private Commands(Supplier<Map<String, String>> properties, Clock clock, PrintStream out, PrintStream notes) {
        this.properties = properties;
        this.clock = clock;
        this.out = out;
        this.notes = notes;
    }

    /**
     * @param properties effective values
     * @param out        takes what was asked for, and nothing when there is nothing
     * @param notes      takes the words for that
     * @param failed     of a command
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
            err.println("tap-sentinel: " + wrong.getMessage());
            UnmatchedArgumentException.printSuggestions(wrong, err);
            wrong.getCommandLine().usage(err);
            return 1;
        });
    }

    @Override
    public Integer call() throws Exception {
        TapSentinel.run(properties.get(), local);
        return 0;
    }

    @Command(
            description =
                    "Show progress, backlog, budget, completeness by hour, late rows, changes, gaps and rejected records.")
    void status() {
        Status.print(settings(), clock, out);
    }

    @Command(
            description =
                    "List lost time (from, to, length, reason, noticed at), what waits for a table, and withdrawn events.")
    void gaps() {
        noteNone(Gaps.print(settings(), clock.instant(), out), "no gap");
    }

    @Command(description = "List rejected records: table, key, stored at, reason, code, file.")
    void rejected() {
        noteNone(Rejected.print(settings(), out), "no rejected record");
    }

    @Command(description = "List records that Sentinel may hold twice: table, id, sent at.")
    void duplicates() {
        noteNone(Duplicates.print(settings(), out), "no possible duplicate");
    }

    @Command(description = "Check everything a run needs, from the configuration to each stream, and say what to do.")
    void doctor() {
        Doctor.run(properties.get(), clock, out);
    }

    @Command(name = "routes", description = "Check routes: routes check [<folder>].")
    static final class RoutesCommand {

        @ParentCommand
        private Commands program;

        @Command(description = "Check whether these routes may be used; exit with 1 and say why if not.")
        void check(@Parameters(arity = "0..1", description = "The one in use if none is given.") String folder) {
            Routes.check(folder, program.properties.get(), program.out);
        }
    }

    /** Credentials are none of it; the sandbox has a store of its own. */
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
