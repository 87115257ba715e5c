package io.tapsentinel;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.doctor.Doctor;
import io.tapsentinel.report.Duplicates;
import io.tapsentinel.report.Gaps;
import io.tapsentinel.report.Rejected;
import io.tapsentinel.report.ReportSettings;
import io.tapsentinel.report.Routes;
import io.tapsentinel.report.Status;
import io.tapsentinel.sandbox.Sandbox;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words after {@code java -jar tap-sentinel.jar}. Each but {@link Routes} and {@link Doctor} tells of the store, which it only reads, so that the
 * program may run meanwhile; none but {@link Doctor} needs a credential, and none shows content of an event.
 */
public enum Commands {
    /** One page. */
    STATUS("progress, backlog, budget, completeness by hour, late rows, changes, gaps, rejected records") {
        @Override
        void print(ReportSettings settings, Clock clock, PrintStream out, PrintStream notes) {
            Status.print(settings, clock, out);
        }
    },
    /** A line each. */
    GAPS("time that was lost: from, to, length, reason, noticed at; what waits for a table; withdrawn events") {
        @Override
        void print(ReportSettings settings, Clock clock, PrintStream out, PrintStream notes) {
            noteNone(Gaps.print(settings, clock.instant(), out), "no gap", notes);
        }
    },
    /** A line each. */
    REJECTED("records that lie aside: table, key, stored at, reason, code, file") {
        @Override
        void print(ReportSettings settings, Clock clock, PrintStream out, PrintStream notes) {
            noteNone(Rejected.print(settings, out), "no rejected record", notes);
        }
    },
    /** A line each. */
    DUPLICATES("records that Sentinel may hold twice: table, id, sent at") {
        @Override
        void print(ReportSettings settings, Clock clock, PrintStream out, PrintStream notes) {
            noteNone(Duplicates.print(settings, out), "no possible duplicate", notes);
        }
    };

    private static final List<String> HELP = List.of("help", "--help", "-h");

    private final String purpose;

    Commands(String purpose) {
        this.purpose = purpose;
    }

    /**
     * Does what the word says and returns.
     *
     * @param properties effective values
     * @param out        takes what was asked for, and nothing when there is nothing
     * @param notes      takes the words for that
     * @throws InvalidSettingException                 for a word that is none, with those that there are, or a wrong property
     * @throws io.tapsentinel.store.StoreException when there is no store or it cannot be read
     */
    public static void run(
            List<String> words, Map<String, String> properties, Clock clock, PrintStream out, PrintStream notes) {
        if (words.size() == 1 && HELP.contains(words.get(0))) {
            out.println(help());
            return;
        }
        if (words.get(0).equals(Routes.WORD)) {
            Routes.run(words.subList(1, words.size()), properties, out);
            return;
        }
        if (words.equals(List.of(Doctor.WORD))) {
            Doctor.run(properties, clock, out);
            return;
        }
        Commands command = Stream.of(values())
                .filter(each -> words.equals(List.of(each.word())))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        "there is no command \"" + String.join(" ", words) + "\"; there are "
                                + Stream.of(values()).map(Commands::word).collect(Collectors.joining(", "))
                                + ", doctor, routes check and help, and none runs the program"));
        Map<String, String> effective = new HashMap<>(properties);
        if (Settings.wantsSandbox(properties, "off")) {
            effective.putAll(Sandbox.storage(Sandbox.folder(effective)));
        }
        command.print(ReportSettings.of(effective), clock, out, notes);
    }

    abstract void print(ReportSettings settings, Clock clock, PrintStream out, PrintStream notes);

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static void noteNone(int lines, String none, PrintStream notes) {
        if (lines == 0) {
            notes.println(none);
        }
    }

    private static String help() {
        return Stream.concat(
                        Stream.of(
                                line("(none)", "runs the program"),
                                line("--local", "runs it in the sandbox while no account is set")),
                        Stream.concat(
                                Stream.of(values()).map(each -> line(each.word(), each.purpose)),
                                Stream.of(
                                        line(
                                                Doctor.WORD,
                                                "what keeps the program from running well, from the configuration to each stream, and what to do about it"),
                                        line(
                                                "routes check [folder]",
                                                "whether these routes may be used; exits with 1 and says why when not"))))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(String word, String purpose) {
        return String.format("%-23s%s", word, purpose);
    }
}
