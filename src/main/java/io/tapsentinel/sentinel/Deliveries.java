package io.tapsentinel.sentinel;

import io.tapsentinel.event.LastError;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.monitoring.health.StreamCheck;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** What the component's producers have done since the start, and what stands in their way. Thread-safe. */
public final class Deliveries {

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Map<String, SinkProblem> troubles = new ConcurrentSkipListMap<>();
    /** Tables whose trouble no batch has met, only {@link StreamCheck}. */
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    private final LastError lastError = new LastError();
    private final SinkHistory history = new SinkHistory();
    private final Clock clock;
    private volatile boolean answered;
    private volatile Function<String, DeliveryListener> listeners = table -> DeliveryListener.NONE;

    /** @param clock tells when what happened */
    Deliveries(Clock clock) {
        this.clock = clock;
    }

    /**
     * Why nothing of a table was acknowledged for a while.
     *
     * @param failures    failed requests in a row
     * @param needsPerson whether it will go on until a person acts
     * @param message     the last failure
     */
    public record SinkProblem(int failures, boolean needsPerson, String message) {

        /** All goes well. */
        public static final SinkProblem NONE = new SinkProblem(0, false, "");
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

    /** By table, what stands in the way of its deliveries now; empty when all goes well. */
    public Map<String, SinkProblem> troubles() {
        return Map.copyOf(troubles);
    }

    /** The first trouble that needs a person. */
    public Optional<String> needsPerson() {
        return troubles.values().stream()
                .filter(SinkProblem::needsPerson)
                .map(SinkProblem::message)
                .findFirst();
    }

    /** What kept a batch from being acknowledged last. */
    public LastError lastError() {
        return lastError;
    }

    /** When requests were acknowledged and refused last. */
    public SinkHistory history() {
        return history;
    }

    /** Whether Sentinel has answered anything since the start. */
    public boolean hasAnswered() {
        return answered;
    }

    /** A table's stream has accepted an empty array; what a batch met there stands. */
    public void checked(String table) {
        answered = true;
        if (checked.remove(table)) {
            troubles.remove(table);
            history.accepted(table);
        }
    }

    /** It has refused one; where batches fail, those tell. */
    public void checked(String table, UploadException failure, boolean needsPerson) {
        if (checked.contains(table) || !troubles.containsKey(table)) {
            checked.add(table);
            trouble(table, failure, needsPerson);
        }
    }

    /** The table accepts records: nothing stands in the way of its deliveries any more. */
    void accepted(String table) {
        checked.remove(table);
        troubles.remove(table);
        history.accepted(table);
    }

    private void trouble(String table, Exception failure, boolean needsPerson) {
        if (failure instanceof UploadException refused) {
            answered |= refused.status() != 0;
            lastError.note("sentinel-" + (refused.status() == 0 ? "no-answer" : refused.status()), clock.instant());
        } else {
            lastError.note("batch-not-kept", clock.instant());
        }
        history.failed(table, failure, clock.instant());
        troubles.merge(
                table,
                new SinkProblem(1, needsPerson, String.valueOf(failure.getMessage())),
                (before, now) -> new SinkProblem(before.failures() + 1, needsPerson, now.message()));
    }

    void taken() {
        pending.incrementAndGet();
    }

    /** Every record that was taken comes here once, however it ended. */
    void ended(Exception failure) {
        pending.decrementAndGet();
        if (failure != null) {
            failed.incrementAndGet();
        }
    }

    /** From now on, whoever is made for a table hears of its deliveries, too; before any route starts. */
    @SuppressWarnings("unchecked") // the class of a generic type knows no parameters
    public void tell(Function<String, DeliveryListener> listeners) {
        this.listeners = new SafeListeners().safe(Function.class, listeners, DeliveryListener.NONE);
    }

    public DeliveryListener of(String table) {
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
                history.acknowledged(table, clock.instant());
                others.acknowledged(events, bytes);
            }

            @Override
            public void accepted() {
                Deliveries.this.accepted(table);
                others.accepted();
            }

            @Override
            public void failing(UploadException failure, boolean needsPerson) {
                checked.remove(table);
                trouble(table, failure, needsPerson);
                others.failing(failure, needsPerson);
            }

            @Override
            public void givenUp(Exception failure) {
                // a store or a program that fails needs a look; a service that was away may be back
                boolean person = !(failure instanceof UploadException) || needsPersonAlready();
                checked.remove(table);
                trouble(table, failure, person);
                others.givenUp(failure);
            }

            private boolean needsPersonAlready() {
                return Optional.ofNullable(troubles.get(table))
                        .filter(SinkProblem::needsPerson)
                        .isPresent();
            }
        };
    }
}
