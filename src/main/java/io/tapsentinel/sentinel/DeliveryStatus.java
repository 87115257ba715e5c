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

/** What the component's producers have done since the start, and what stands in their way. Thread-safe. */
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

    /** @param clock gives what happens its time */
    DeliveryStatus(Clock clock) {
        this.clock = clock;
    }

    /** Records that Sentinel has acknowledged and whose keys are durable. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Requests that were acknowledged. */
    public long batches() {
        return batches.get();
    }

    /** Records that were taken and have no end yet. */
    public long pending() {
        return pending.get();
    }

    /** Records that were taken and given up, so that they will be read again. */
    public long failed() {
        return failed.get();
    }

    /** One table's. */
    public TableStatus of(String table) {
        return tables.computeIfAbsent(table, TableStatus::new);
    }

    /** By table, what stands in the way of its deliveries now; empty when all goes well. */
    public Map<String, Problem> problems() {
        return tables.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().problem()))
                .filter(entry -> entry.getValue().failures() > 0)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The first problem that needs a person. */
    public Optional<String> needsPerson() {
        return tables.values().stream()
                .map(TableStatus::problem)
                .filter(Problem::needsPerson)
                .map(Problem::message)
                .findFirst();
    }

    /** When a request was acknowledged last, for any table; empty before the first since the start. */
    public Optional<Instant> lastAcknowledged() {
        return tables.values().stream()
                .flatMap(table -> table.lastAcknowledged().stream())
                .max(Comparator.naturalOrder());
    }

    /** The last failed request for any table; empty when none has failed since the start. */
    public Optional<Failure> lastFailure() {
        return tables.values().stream()
                .flatMap(table -> table.lastFailure().stream())
                .max(Comparator.comparing(Failure::at));
    }

    /** What kept a batch from being acknowledged last. */
    public LastError lastError() {
        return lastError;
    }

    /** Whether Sentinel has answered anything since the start. */
    public boolean hasAnswered() {
        return answered;
    }

    /** A table's stream has accepted an empty array; what a batch met there stands. */
    public void acceptCheck(String table) {
        answered = true;
        of(table).acceptCheck();
    }

    /** It has refused one; where batches fail, those tell. */
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

    /** Every record that was taken comes here once, however it ended. @param failure null when it need not be read again for it */
    void end(Exception failure) {
        pending.decrementAndGet();
        if (failure != null) {
            failed.incrementAndGet();
        }
    }

    /** From now on, whoever is made for a table hears of its deliveries, too; before any route starts. */
    @SuppressWarnings("unchecked") // the class of a generic type knows no parameters
    public void addListeners(Function<String, DeliveryListener> others) {
        listeners = new SafeListeners().safe(Function.class, others, DeliveryListener.NONE);
    }

    /** What the sender of a table reports to. */
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
                // a store or a program that fails needs a look; a service that was away may be back
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
