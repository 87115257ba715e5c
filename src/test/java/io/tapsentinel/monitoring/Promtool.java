package io.tapsentinel.monitoring;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prometheus' own judge of rules. Without it the test is skipped, and fails under CI. */
final class Promtool {

    private Promtool() {}

    /** What one call said, and whether it was content. */
    record Answer(boolean ok, String text) {}

    static Answer checkRules(Path rules) {
        return run("check", "rules", rules.toString());
    }

    static Answer testRules(Path... series) {
        List<String> words = new ArrayList<>(List.of("test", "rules"));
        Arrays.stream(series).map(Path::toString).forEach(words::add);
        return run(words.toArray(String[]::new));
    }

    private static Answer run(String... words) {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes());
            return new Answer(process.waitFor() == 0, text);
        } catch (IOException e) {
            String why = "promtool (package prometheus) cannot be started, no rule was tested: " + e.getMessage();
            return System.getenv("CI") == null ? abort(why) : fail(why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
