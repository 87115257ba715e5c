package io.tapsentinel.monitoring.health;

import static io.tapsentinel.event.Comparables.max;

import io.tapsentinel.net.Backoff;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an empty array to each stream after the start: it checks token, rule, role and stream and writes no row. Health shows problems.
 * The check is repeated with growing pauses until it or a batch is accepted. Deliveries do not wait for it.
 */
public final class StreamCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StreamCheck.class);
    /** Status of a problem with one stream; all others concern every stream. */
    private static final int OF_THE_STREAM = 400;

    private final SentinelComponent sentinel;
    private final List<TableSchema> tables;
    private final Predicate<Duration> pause;
    /** Problems of the last round. */
    private Set<KnownProblem> reported = EnumSet.noneOf(KnownProblem.class);

    /**
     * @param tables to check
     * @param pause  waits; false when the program stops
     */
    public StreamCheck(SentinelComponent sentinel, List<TableSchema> tables, Predicate<Duration> pause) {
        this.sentinel = sentinel;
        this.tables = tables;
        this.pause = pause;
    }

    /** Runs the check on its own thread. */
    public void begin() {
        Thread thread = new Thread(
                () -> {
                    try {
                        run();
                    } catch (RuntimeException | Error e) {
                        LOG.error("The check of Sentinel failed: {}", SafeMessage.of(e));
                        sentinel.fatalErrors().handleIn(e);
                    }
                },
                "sentinel-check");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when all streams are accepted or the program stops. */
    void run() {
        List<TableSchema> left = new ArrayList<>(tables);
        Backoff backoff = Backoff.doubling(Duration.ofSeconds(5), Duration.ofMinutes(1));
        Duration asked = round(left);
        while (!left.isEmpty() && pause.test(backoff.next(asked))) {
            asked = round(left);
        }
        if (left.isEmpty()) {
            LOG.info("Sentinel accepts rows for all {} tables", tables.size());
        }
    }

    /** Removes accepted tables from the list; returns Sentinel's longest Retry-After. */
    private Duration round(List<TableSchema> left) {
        Duration wanted = Duration.ZERO;
        Set<KnownProblem> met = EnumSet.noneOf(KnownProblem.class);
        for (TableSchema table : List.copyOf(left)) {
            UploadException failure = isAcknowledged(table) ? null : upload(table);
            if (failure == null) {
                left.remove(table);
                sentinel.deliveryStatus().acceptCheck(table.table());
                continue;
            }
            report(table, failure, met);
            if (failure.answer().retryAfter() != null) {
                wanted = max(wanted, failure.answer().retryAfter());
            }
            if (failure.status() != OF_THE_STREAM) {
                // the remaining tables keep their problems
                met.addAll(reported);
                break;
            }
        }
        reported = met;
        return wanted;
    }

    private boolean isAcknowledged(TableSchema table) {
        return sentinel.deliveryStatus().of(table.table()).lastAcknowledged().isPresent();
    }

    private UploadException upload(TableSchema table) {
        try {
            sentinel.getUploader().upload(table.stream(), Uploader.noRecords());
            return null;
        } catch (UploadException e) {
            if (Refusal.of(e) == Refusal.TOKEN) {
                sentinel.getUploader().renew();
            }
            return e;
        }
    }

    /** Updates health; logs a problem unless the previous round logged it. */
    private void report(TableSchema table, UploadException failure, Set<KnownProblem> met) {
        sentinel.deliveryStatus().failCheck(table.table(), failure, Refusal.of(failure) != Refusal.TRANSIENT);
        KnownProblem problem = SentinelHealthCheck.problem(sentinel.deliveryStatus(), failure);
        if (met.add(problem) && !reported.contains(problem)) {
            LOG.warn("{} ({}): {}", problem.what(), failure.getMessage(), problem.remedy());
        }
    }
}
