package io.tapsentinel.doctor;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.report.Format;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at everything that a run needs and prints a line for each as soon as it is known. Beside one request to TAP it costs nothing,
 * and it changes nothing: no file is made, no row is written, no lock is taken, so that the program may run meanwhile. What it prints
 * holds no secret and no content.
 */
public final class Doctor {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final List<Check> checks;
    private final Duration longest;
    private final PrintStream out;

    /** @param longest how long one check may take */
    Doctor(List<Check> checks, Duration longest, OutputStream out) {
        this.checks = checks;
        this.longest = longest;
        // the marks have no place in ASCII, which a process without a locale prints
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /**
     * Examines what a start in this directory with this environment would be.
     *
     * @param properties effective values
     * @throws InvalidSettingException when not all is well; the lines say why
     */
    public static void run(Map<String, String> properties, Clock clock, OutputStream out) {
        new Doctor(CheckList.checks(properties, clock), LONGEST, out).examine();
    }

    void examine() {
        Map<Mark, Integer> marks = new EnumMap<>(Mark.class);
        for (Check check : checks) {
            new TimedCheck(check, longest).make(finding -> {
                out.println(finding);
                marks.merge(finding.mark(), 1, Integer::sum);
            });
        }
        int wrong = marks.getOrDefault(Mark.WRONG, 0);
        int unknown = marks.getOrDefault(Mark.UNKNOWN, 0);
        if (wrong + unknown > 0) {
            throw new InvalidSettingException("doctor: " + Format.count(wrong, "problem")
                    + (unknown == 0 ? "" : ", " + Format.count(unknown, "check") + " could not be made"));
        }
    }
}
