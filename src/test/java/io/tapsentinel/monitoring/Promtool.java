package io.tapsentinel.monitoring;

import io.tapsentinel.testing.CommandResult;
import io.tapsentinel.testing.Tool;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Prometheus' own judge of rules. */
final class Promtool {

    private static final Tool PROMTOOL = new Tool("promtool", "prometheus");

    private Promtool() {}

    static CommandResult checkRules(Path rules) {
        return PROMTOOL.run("check", "rules", rules.toString());
    }

    static CommandResult testRules(Path... series) {
        return PROMTOOL.run(
                Stream.concat(Stream.of("test", "rules"), Arrays.stream(series).map(Path::toString))
                        .toArray(String[]::new));
    }
}
