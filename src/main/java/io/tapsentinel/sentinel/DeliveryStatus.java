package io.tapsentinel.sentinel;

import io.tapsentinel.event.LastError;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.sentinel.TableStatus.Failure;
import io.tapsentinel.sentinel.TableStatus.Problem;
import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the component has delivered since the start, and which tables fail now. Thread-safe. */
public final class DeliveryStatus {

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Map<String, TableStatus> tables = new ConcurrentSkipListMap<>();
    private final LastError lastError = new LastError();
    private final Clock clock;
    private volatile boolean answered;
    private volatile Function<String, DeliveryListener> listeners = table -> DeliveryListener.NONE;

    /** @param clock for the times reported here */
    DeliveryStatus(Clock clock) {
        this.clock = clock;
    }

    /** Records that Sentinel acknowledged and whose keys are durable. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Acknowledged requests. */
    public long batches() {
        return batches.get();
    }

    /** Records in flight: taken and not yet settled. */
    public long pending() {
        return pending.get();
    }

    /** Records that were given up and will be read again. */
    public long failed() {
        return failed.get();
    }

    /** The status of one table. */
    public TableStatus of(String table) {
        return tables.computeIfAbsent(table, TableStatus::new);
    }

    /** The current problem of each failing table; empty if all deliveries work. */
    public Map<String, Problem> problems() {
        return tables.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().problem()))
                .filter(entry -> entry.getValue().failures() > 0)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The message of the first problem that needs action. */
    public Optional<String> needsPerson() {
        return tables.values().stream()
                .map(TableStatus::problem)
                .filter(Problem::needsPerson)
                .map(Problem::message)
                .findFirst();
    }

    /** Time of the last acknowledged request of any table; empty if there was none since the start. */
    public Optional<Instant> lastAcknowledged() {
        return tables.values().stream()
                .flatMap(table -> table.lastAcknowledged().stream())
                .max(Comparator.naturalOrder());
    }

    /** The last failed request of any table; empty if there was none since the start. */
    public Optional<Failure> lastFailure() {
        return tables.values().stream()
                .flatMap(table -> table.lastFailure().stream())
                .max(Comparator.comparing(Failure::at));
    }

    /** The last failure of a delivery. */
    public LastError lastError() {
        return lastError;
    }

    /** Whether Sentinel has answered any request since the start. */
    public boolean hasAnswered() {
        return answered;
    }

    /** A table's stream accepted an empty array. This does not clear a problem of its batches. */
    public void acceptCheck(String table) {
        answered = true;
        of(table).acceptCheck();
    }

    /** A table's stream refused an empty array. A problem of its batches takes precedence. */
    public void failCheck(String table, UploadException failure, boolean needsPerson) {
        if (of(table).failCheck(failure, needsPerson, clock.instant())) {
            noteError(failure);
        }
    }

    private void fail(String table, Exception failure, boolean needsPerson) {
        of(table).fail(failure, needsPerson, clock.instant());
        noteError(failure);
    }

    private void noteError(Exception failure) {
        String code = "batch-not-kept";
        if (failure instanceof UploadException refused) {
            answered |= refused.status() != 0;
            code = "sentinel-" + (refused.status() == 0 ? "no-answer" : refused.status());
        }
        lastError.note(code, clock.instant());
    }

    void take() {
        pending.incrementAndGet();
    }

    /** Called once for every record that was taken. @param failure null unless the record must be read again */
    void end(Exception failure) {
        pending.decrementAndGet();
        if (failure != null) {
            failed.incrementAndGet();
        }
    }

    /** Adds listeners to the deliveries of each table. Call it before any route starts. */
    @SuppressWarnings("unchecked") // a class literal has no type parameters
    public void addListeners(Function<String, DeliveryListener> others) {
        listeners = new SafeListeners().safe(Function.class, others, DeliveryListener.NONE);
    }

    /** The listener for the sender of a table. */
    public DeliveryListener listen(String table) {
        return SafeListeners.safe(
                DeliveryListener.class,
                listener(table, SafeListeners.safe(DeliveryListener.class, listeners.apply(table))));
    }

    private DeliveryListener listener(String table, DeliveryListener others) {
        return new DeliveryListener() {
            @Override
            public void requested(Duration took) {
                others.requested(took);
            }

            @Override
            public void acknowledged(List<TapEvent> events, int bytes) {
                acknowledged.addAndGet(events.size());
                batches.incrementAndGet();
                answered = true;
                of(table).acknowledge(clock.instant());
                others.acknowledged(events, bytes);
            }

            @Override
            public void accepted() {
                of(table).accept();
                others.accepted();
            }

            @Override
            public void failing(UploadException failure, boolean needsPerson) {
                fail(table, failure, needsPerson);
                others.failing(failure, needsPerson);
            }

            @Override
            public void givenUp(Exception failure) {
                // a failing store or program needs action; an unreachable service may recover
                fail(
                        table,
                        failure,
                        !(failure instanceof UploadException)
                                || of(table).problem().needsPerson());
                others.givenUp(failure);
            }
        };
    }
}
