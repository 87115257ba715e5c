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
 * Sends each stream an empty array when the program has started, which needs token, rule, role and stream to be right and writes no
 * row. What is wrong shows in health, and is tried again with growing pauses until this or a batch is accepted. No delivery waits for it.
 */
public final class StreamCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StreamCheck.class);
    /** Of an answer that is about one stream; any other one would be the same for all. */
    private static final int OF_THE_STREAM = 400;

    private final SentinelComponent sentinel;
    private final List<TableSchema> tables;
    private final Predicate<Duration> pause;
    /** What is still wrong, as far as the last round has seen. */
    private Set<KnownProblem> reported = EnumSet.noneOf(KnownProblem.class);

    /**
     * @param tables those that may be sent rows
     * @param pause  waits; false when the program stops
     */
    public StreamCheck(SentinelComponent sentinel, List<TableSchema> tables, Predicate<Duration> pause) {
        this.sentinel = sentinel;
        this.tables = tables;
        this.pause = pause;
    }

    /** Has it done on a thread of its own. */
    public void begin() {
        Thread thread = new Thread(
                () -> {
                    try {
                        run();
                    } catch (RuntimeException | Error e) {
                        LOG.error("Sentinel cannot be checked: {}", SafeMessage.of(e));
                        sentinel.fatalErrors().handleIn(e);
                    }
                },
                "sentinel-check");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when all were accepted, or the program stops. */
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

    /** Removes those that are accepted; returns how long Sentinel wants to be left alone. */
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
                // the tables after it may have the problems that they had
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

    /** In health each time; in the log once, and again after a round without that problem. */
    private void report(TableSchema table, UploadException failure, Set<KnownProblem> met) {
        sentinel.deliveryStatus().failCheck(table.table(), failure, Refusal.of(failure) != Refusal.TRANSIENT);
        KnownProblem problem = SentinelHealthCheck.problem(sentinel.deliveryStatus(), failure);
        if (met.add(problem) && !reported.contains(problem)) {
            LOG.warn("{} ({}): {}", problem.what(), failure.getMessage(), problem.remedy());
        }
    }
}
