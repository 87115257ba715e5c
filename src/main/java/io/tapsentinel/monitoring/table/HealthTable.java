package io.tapsentinel.monitoring.table;

import io.tapsentinel.event.LastError;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.plan.Pool;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the workspace how this program does: one heartbeat each time, and of the closed hours of seven days those whose figures
 * have changed since Sentinel acknowledged them, all of them after a start. What is not acknowledged is told again the next time;
 * it never stands in the way of events. Thread-safe.
 */
public final class HealthTable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthTable.class);
    /** How long the sweeps of an hour go on, and rows of it may still come. */
    private static final Duration TOLD = Duration.ofDays(7);
    /** Of some 300 bytes each. */
    private static final int ROWS_PER_REQUEST = 1_000;

    private final SentinelComponent sentinel;
    private final Figures figures;
    private final DeliveredCounts hours;
    private final RequestBudget budget;
    private final LastError tapError;
    private final HealthRows rows;
    private Set<DeliveredCounts.Hour> told = Set.of();
    private String failure;
    private volatile boolean stopped;

    /**
     * @param source   name of the account in the store
     * @param version  of this program
     * @param tapError what kept a window from being read last
     */
    public HealthTable(
            String source,
            String version,
            SentinelComponent sentinel,
            Figures figures,
            DeliveredCounts hours,
            RequestBudget budget,
            LastError tapError) {
        this.sentinel = sentinel;
        this.figures = figures;
        this.hours = hours;
        this.budget = budget;
        this.tapError = tapError;
        this.rows = new HealthRows(source, version);
    }

    /** Sends what is new and returns; a failure is logged when its status or code is another than before, and never thrown. */
    public synchronized void send() {
        try {
            upload();
            if (failure != null) {
                LOG.info("{} is told again", TableSchema.HEALTH);
            }
            failure = null;
        } catch (UploadException e) {
            if (Refusal.of(e) == Refusal.TOKEN) {
                sentinel.getUploader().renew();
            }
            // not by the message, which names another request each time
            failed(e.status() + " " + e.answer().code(), e.getMessage());
        } catch (RuntimeException | Error e) {
            // the store says what ails it elsewhere; an error would end the schedule without a word
            failed(e.getClass().getSimpleName(), SafeMessage.of(e));
            sentinel.fatalErrors().handleOfMachine(e);
        }
    }

    /** From now on a failure is that of a request which nobody waits for any more, and is not logged. */
    void stop() {
        stopped = true;
    }

    private void upload() throws UploadException {
        StoreFigures seen = figures.now();
        List<DeliveredCounts.Hour> closed = hours.closed(seen.at().minus(TOLD));
        Set<DeliveredCounts.Hour> known = new HashSet<>(told);
        known.retainAll(closed);
        told = known;
        List<DeliveredCounts.Hour> news =
                closed.stream().filter(hour -> !known.contains(hour)).toList();
        for (int from = 0; from == 0 || from < news.size(); from += ROWS_PER_REQUEST) {
            List<DeliveredCounts.Hour> part = news.subList(from, Math.min(news.size(), from + ROWS_PER_REQUEST));
            List<byte[]> bodies = new ArrayList<>();
            if (from == 0) {
                bodies.add(heartbeat(seen));
            }
            part.forEach(hour -> bodies.add(rows.hour(hour, seen.at())));
            sentinel.getUploader().upload(TableSchema.health().stream(), array(bodies));
            known.addAll(part);
        }
    }

    private byte[] heartbeat(StoreFigures seen) {
        return rows.heartbeat(
                seen,
                sentinel.rejections().rejected(),
                Math.max(0, budget.perDay() - budget.used(Pool.EVERYTHING_ELSE)),
                later(tapError.last(), sentinel.deliveryStatus().lastError().last()));
    }

    private void failed(String kind, String reason) {
        if (!kind.equals(failure) && !stopped) {
            LOG.warn("{} is not told, next try with the next heartbeat: {}", TableSchema.HEALTH, reason);
        }
        failure = kind;
    }

    private static Optional<LastError.Noted> later(Optional<LastError.Noted> one, Optional<LastError.Noted> other) {
        return one.isEmpty()
                        || other.isPresent()
                                && other.get().at().isAfter(one.get().at())
                ? other
                : one;
    }

    private static byte[] array(List<byte[]> rows) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        char before = '[';
        for (byte[] row : rows) {
            array.write(before);
            array.writeBytes(row);
            before = ',';
        }
        array.write(']');
        return array.toByteArray();
    }
}
