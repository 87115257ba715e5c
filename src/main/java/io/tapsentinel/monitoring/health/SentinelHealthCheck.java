package io.tapsentinel.monitoring.health;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.process.Look;
import io.tapsentinel.sentinel.DeliveryStatus;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.TableStatus;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Checks deliveries: DOWN while they fail and need action, DEGRADED while a retry can help. Tables with the same problem are reported
 * together. A suspended table is DEGRADED at once and DOWN after {@value #DOWN_MINUTES} minutes.
 */
public class SentinelHealthCheck extends ProgramHealthCheck {

    private static final int DOWN_MINUTES = 30;
    /** Shorter than the limit of the whole check, so that a hanging store is reported by the storage check alone. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final SentinelComponent sentinel;
    private final Look<List<TableBacklog>> backlogs;
    private final InstantSource clock;

    /** @param backlogs of the tables in the store, since another replica may have suspended one; may throw */
    public SentinelHealthCheck(SentinelComponent sentinel, Supplier<List<TableBacklog>> backlogs, InstantSource clock) {
        super("sentinel");
        this.sentinel = sentinel;
        this.backlogs = new Look<>("suspended-tables", backlogs, PATIENCE);
        this.clock = clock;
    }

    @Override
    protected void look(Findings findings) {
        DeliveryStatus deliveries = sentinel.deliveryStatus();
        findings.detail("sentinel.acknowledged", deliveries.acknowledged())
                .detail("sentinel.pending", deliveries.pending())
                .detail("sentinel.rejected", sentinel.rejections().rejected())
                .detail("sentinel.capped", sentinel.rejections().capped());
        deliveries.lastAcknowledged().ifPresent(at -> findings.detail("sentinel.last-acknowledged", second(at)));
        deliveries.lastFailure().ifPresent(failed -> lastRefusal(findings, failed));
        Set<String> suspended = suspended(findings);
        Map<KnownProblem, List<String>> tables = new EnumMap<>(KnownProblem.class);
        new TreeMap<>(deliveries.problems()).forEach((table, trouble) -> {
            TableStatus status = deliveries.of(table);
            findings.detail(
                    "sentinel.trouble." + table,
                    HumanText.count(trouble.failures(), "failed request") + " in a row: " + trouble.message());
            status.lastAcknowledged()
                    .ifPresent(at -> findings.detail("sentinel.last-acknowledged." + table, second(at)));
            status.failingSince().ifPresent(at -> findings.detail("sentinel.failing-since." + table, second(at)));
            if (suspended.contains(table)) {
                return;
            }
            String since = status.failingSince()
                    .map(at -> " since " + HumanText.time(at, clock.instant()))
                    .orElse("");
            List<String> alike = tables.computeIfAbsent(
                    problem(deliveries, trouble, status.lastFailure().orElse(null)), any -> new ArrayList<>());
            alike.add(
                    alike.isEmpty()
                            ? table + ": " + trouble.message() + "; "
                                    + HumanText.count(trouble.failures(), "failed request") + " in a row" + since
                            : table);
        });
        tables.forEach((problem, alike) -> findings.problem(
                problem,
                alike.get(0)
                        + (alike.size() == 1 ? "" : "; also " + String.join(", ", alike.subList(1, alike.size())))));
    }

    /** Reports the suspended tables and returns their names. */
    private Set<String> suspended(Findings findings) {
        Set<String> suspended = new TreeSet<>();
        for (TableBacklog table : backlogs()) {
            table.suspended().ifPresent(so -> {
                suspended.add(table.type().table());
                suspended(findings, table, so);
            });
        }
        return suspended;
    }

    /** The last known backlogs if the store does not answer; the storage check reports that. */
    private List<TableBacklog> backlogs() {
        try {
            return backlogs.get();
        } catch (RuntimeException e) {
            return backlogs.last().map(Look.Answer::value).orElse(List.of());
        }
    }

    private void suspended(Findings findings, TableBacklog table, Suspended so) {
        String name = table.type().table();
        Instant now = clock.instant();
        boolean isLong = sentinel.suspensions().length(table, now).toMinutes() >= DOWN_MINUTES;
        findings.detail("sentinel.suspended-since." + name, second(so.since()))
                .detail("sentinel.suspended-reason." + name, so.reason())
                .detail("sentinel.next-probe." + name, second(so.nextProbe()))
                .detail("sentinel.deferred." + name, table.deferred())
                .problem(
                        isLong ? KnownProblem.SENTINEL_TABLE_DOWN : KnownProblem.SENTINEL_TABLE_SUSPENDED,
                        table.words(now).orElseThrow(),
                        table.remedy().orElseThrow());
    }

    private static void lastRefusal(Findings findings, TableStatus.Failure failed) {
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

    private static KnownProblem problem(
            DeliveryStatus deliveries, TableStatus.Problem trouble, TableStatus.Failure failed) {
        if (!trouble.needsPerson()) {
            return passing(deliveries);
        }
        return failed == null || failed.refusal().isEmpty()
                ? KnownProblem.SENTINEL_NOT_KEPT
                : lasting(failed.refusal().get());
    }

    /** Classifies a failed request. */
    static KnownProblem problem(DeliveryStatus deliveries, UploadException failure) {
        return Refusal.of(failure) == Refusal.TRANSIENT ? passing(deliveries) : lasting(failure);
    }

    private static KnownProblem passing(DeliveryStatus deliveries) {
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
