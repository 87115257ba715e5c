package io.tapsentinel.report.page;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.health.Findings;
import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.monitoring.health.KnownProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Health as JSON for the page: all checks, and their problems, worst first. */
final class HealthJson {

    /** Older figures are reported as a problem. */
    private static final Duration OLD = Duration.ofSeconds(30);

    private static final String STALE = "the store is slow or does not answer: all figures except health are ";

    private HealthJson() {}

    /** @param age age of all other figures */
    static JsonObject of(Map<String, Findings> parts, Duration age) {
        List<JsonObject> problems = new ArrayList<>(parts.entrySet().stream()
                .flatMap(part -> part.getValue().problems().stream().map(problem -> Map.entry(part.getKey(), problem)))
                .sorted(Comparator.comparing((Map.Entry<String, Problem> told) ->
                                told.getValue().level())
                        .reversed())
                .map(told -> problem(told.getKey(), told.getValue()))
                .toList());
        if (age.compareTo(OLD) > 0) {
            problems.add(problem(
                    "page",
                    new Problem(
                            Level.DEGRADED, STALE + HumanText.duration(age) + " old", KnownProblem.SILENT.remedy())));
        }
        return new JsonObject()
                .with("overall", overall(parts.values().stream()).name())
                .with("problems", problems)
                .with("archive", archive(parts.get("archive")))
                .with(
                        "parts",
                        parts.entrySet().stream()
                                .map(part -> new JsonObject()
                                        .with("id", part.getKey())
                                        .with("level", part.getValue().level().name())
                                        .with("details", part.getValue().details()))
                                .toList());
    }

    private static Level overall(Stream<Findings> parts) {
        return parts.map(Findings::level).max(Level::compareTo).orElse(Level.UP);
    }

    private static JsonObject problem(String part, Problem problem) {
        return new JsonObject()
                .with("part", part)
                .with("level", problem.level().name())
                .with("what", problem.what())
                .with("remedy", problem.remedy());
    }

    private static JsonObject archive(Findings archive) {
        return archive == null
                ? null
                : new JsonObject()
                        .with("waiting", archive.details().get("archive.waiting.files"))
                        .with("waitingBytes", archive.details().get("archive.waiting.bytes"))
                        .with("failed", archive.details().get("archive.failed"))
                        .with(
                                "lastError",
                                archive.problems().stream().map(Problem::what).findFirst());
    }
}
