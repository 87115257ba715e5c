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
 * Sends the program's state to the workspace: a heartbeat each time, and closed hours of the last seven days whose figures changed
 * since Sentinel acknowledged them (all of them after a start). Rows that are not acknowledged are sent again the next time. Events
 * never wait for this. Thread-safe.
 */
public final class HealthTable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthTable.class);
    /** The figures of older hours no longer change. */
    private static final Duration REPORTED = Duration.ofDays(7);
    /** About 300 bytes each. */
    private static final int ROWS_PER_REQUEST = 1_000;

    private final SentinelComponent sentinel;
    private final Figures figures;
    private final DeliveredCounts hours;
    private final RequestBudget budget;
    private final LastError tapError;
    private final HealthRows rows;
    private Set<DeliveredCounts.Hour> acknowledged = Set.of();
    private String failure;
    private volatile boolean stopped;

    /**
     * @param source   name of the account in the store
     * @param version  of this program
     * @param tapError last error of a read
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

    /** Sends a heartbeat and changed hours. Never throws; logs a failure unless the previous one had the same status and code. */
    public synchronized void send() {
        try {
            upload();
            if (failure != null) {
                LOG.info("{}: recovered", TableSchema.HEALTH);
            }
            failure = null;
        } catch (UploadException e) {
            if (Refusal.of(e) == Refusal.TOKEN) {
                sentinel.getUploader().renew();
            }
            // the message has a new request id each time
            failed(e.status() + " " + e.answer().code(), e.getMessage());
        } catch (RuntimeException | Error e) {
            // an exception would silently end the schedule
            failed(e.getClass().getSimpleName(), SafeMessage.of(e));
            sentinel.fatalErrors().handleOfMachine(e);
        }
    }

    /** Stops logging failures: the stop interrupts requests. */
    void stop() {
        stopped = true;
    }

    private void upload() throws UploadException {
        StoreFigures seen = figures.now();
        List<DeliveredCounts.Hour> closed = hours.closed(seen.at().minus(REPORTED));
        Set<DeliveredCounts.Hour> known = new HashSet<>(acknowledged);
        known.retainAll(closed);
        acknowledged = known;
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
            LOG.warn("{}: {}; retrying with the next heartbeat", TableSchema.HEALTH, reason);
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
