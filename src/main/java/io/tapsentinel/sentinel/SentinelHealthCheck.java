package io.tapsentinel.sentinel;

import io.tapsentinel.health.Findings;
import io.tapsentinel.health.KnownProblem;
import io.tapsentinel.health.ProgramHealthCheck;
import io.tapsentinel.sentinel.Deliveries.Trouble;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sink as health sees it: DOWN while deliveries fail in a way that only a person can mend, DEGRADED while they are retried for
 * something that passes. Tables with one ailment are one problem.
 */
public class SentinelHealthCheck extends ProgramHealthCheck {

    private final SentinelComponent sentinel;

    public SentinelHealthCheck(SentinelComponent sentinel) {
        super("sentinel");
        this.sentinel = sentinel;
    }

    @Override
    protected void look(Findings findings) {
        Deliveries deliveries = sentinel.deliveries();
        SinkHistory history = deliveries.history();
        findings.detail("sentinel.acknowledged", deliveries.acknowledged())
                .detail("sentinel.pending", deliveries.pending())
                .detail("sentinel.rejected", sentinel.rejections().rejected())
                .detail("sentinel.capped", sentinel.rejections().capped());
        history.acknowledged().ifPresent(at -> findings.detail("sentinel.last-acknowledged", second(at)));
        history.failed().ifPresent(failed -> lastRefusal(findings, failed));
        Map<KnownProblem, List<String>> tables = new EnumMap<>(KnownProblem.class);
        new TreeMap<>(deliveries.troubles()).forEach((table, trouble) -> {
            findings.detail(
                    "sentinel.trouble." + table,
                    trouble.failures() + " failed requests in a row: " + trouble.message());
            history.acknowledged(table)
                    .ifPresent(at -> findings.detail("sentinel.last-acknowledged." + table, second(at)));
            history.failingSince(table).ifPresent(at -> findings.detail("sentinel.failing-since." + table, second(at)));
            String since = history.failingSince(table)
                    .map(at -> " since " + second(at))
                    .orElse("");
            List<String> alike = tables.computeIfAbsent(
                    problem(deliveries, trouble, history.failed(table).orElse(null)), any -> new ArrayList<>());
            alike.add(
                    alike.isEmpty()
                            ? table + since + ", " + trouble.failures() + " failed requests in a row: "
                                    + trouble.message()
                            : table);
        });
        tables.forEach((problem, alike) -> findings.problem(
                problem,
                alike.get(0)
                        + (alike.size() == 1 ? "" : "; so do " + String.join(", ", alike.subList(1, alike.size())))));
    }

    private static void lastRefusal(Findings findings, SinkHistory.Failed failed) {
        findings.detail("sentinel.last-refusal", failed.message())
                .detail("sentinel.last-refusal.at", second(failed.at()))
                .detail("sentinel.last-refusal.table", failed.table());
        failed.refusal().ifPresent(refused -> {
            findings.detail("sentinel.last-refusal.status", refused.status());
            UploadException.Answer answer = refused.answer();
            if (answer.code() != null) {
                findings.detail("sentinel.last-refusal.code", answer.code());
            }
            if (answer.text() != null) {
                findings.detail("sentinel.last-refusal.text", answer.text());
            }
            if (answer.requestId() != null) {
                findings.detail("sentinel.last-refusal.request-id", answer.requestId());
            }
        });
    }

    private static KnownProblem problem(Deliveries deliveries, Trouble trouble, SinkHistory.Failed failed) {
        if (!trouble.needsPerson()) {
            return passing(deliveries);
        }
        return failed == null || failed.refusal().isEmpty()
                ? KnownProblem.SENTINEL_NOT_KEPT
                : lasting(failed.refusal().get());
    }

    /** What health makes of a request that failed in this way. */
    static KnownProblem problem(Deliveries deliveries, UploadException failure) {
        return Refusal.of(failure) == Refusal.TRANSIENT ? passing(deliveries) : lasting(failure);
    }

    private static KnownProblem passing(Deliveries deliveries) {
        return deliveries.hasAnswered() ? KnownProblem.SENTINEL_RETRIES : KnownProblem.SENTINEL_UNREACHED;
    }

    private static KnownProblem lasting(UploadException failure) {
        return switch (failure.status()) {
            case 401 -> KnownProblem.SENTINEL_TOKEN;
            case 403 -> KnownProblem.SENTINEL_ROLE;
            case 404 -> KnownProblem.SENTINEL_RULE;
            default -> KnownProblem.SENTINEL_REFUSES;
        };
    }

    private static String second(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
