package io.tapsentinel.sentinel;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.Suspension;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The suspensions of all tables, see {@link Suspension}. They outlive the routes: a reload must not end a suspension.
 * Thread-safe.
 */
public final class Suspensions {

    private final Map<EventType, Suspension> tables = new EnumMap<>(EventType.class);
    private final Supplier<Uploader> uploader;
    private final Supplier<SuspensionLog> log;
    private final Consumer<String> accepting;

    /** @param accepting called for a table whose suspension ended without a batch of this process */
    Suspensions(
            Supplier<Uploader> uploader,
            Supplier<SuspensionLog> log,
            Consumer<String> accepting,
            Clock clock,
            Clock steady) {
        this.uploader = uploader;
        this.log = log;
        this.accepting = accepting;
        for (EventType type : EventType.values()) {
            tables.put(type, new Suspension(type, () -> doesAnotherWork(type), log, clock, steady));
        }
    }

    /** The suspension of this type's table. */
    public Suspension of(EventType type) {
        return tables.get(type);
    }

    /** The suspended tables, by type. */
    public Map<EventType, Suspended> suspended() {
        Map<EventType, Suspended> suspended = new EnumMap<>(EventType.class);
        tables.forEach((type, table) -> table.suspended().ifPresent(now -> suspended.put(type, now)));
        return suspended;
    }

    /** How long a suspension in the store has lasted: by the steady clock if this process knows it. */
    public Duration length(TableBacklog table, Instant now) {
        Suspension own = of(table.type());
        return since(own.suspended()).equals(since(table.suspended())) ? own.length() : table.length(now);
    }

    /** In the store's precision. */
    private static Optional<Long> since(Optional<Suspended> table) {
        return table.map(so -> so.since().toEpochMilli());
    }

    /** Takes over the suspensions of the store. Call it with the source's lock, before anything is sent. */
    public void load() {
        Map<EventType, Suspended> stored = log.get().all();
        tables.forEach((type, table) -> {
            if (table.load(stored.get(type))) {
                accepting.accept(type.table());
            }
        });
    }

    /**
     * Called when no event of this type is deferred: the last ones were withdrawn, or a route dropped them. Without an
     * event there is no probe, and the table would stay suspended until its next one. If a probe is due, sends an empty
     * array instead: if accepted, the suspension ends; if refused, that counts as a failed probe.
     *
     * <p>An empty array is enough only here. A table may accept it and still refuse every record; with deferred events
     * it would alternate between suspended and not. Call it with the source's lock, while no event is sent. May take as
     * long as {@link Suspension#PROBE}.
     *
     * @throws RuntimeException if the store could not keep the outcome
     */
    public void probeEmpty(EventType type) {
        Suspension table = of(type);
        if (table.suspended().isEmpty() || table.isDeferring()) {
            return;
        }
        Optional<UploadException> refusal = check(type);
        if (refusal.isPresent()) {
            table.suspend(refusal.get());
        } else {
            table.endWithoutEvents();
            accepting.accept(type.table());
        }
    }

    /**
     * Whether a table that is not failing accepts requests now. If all tables fail, the fault is not one table's and
     * none is suspended. If every other table fails, suspended ones count when they accept an empty array: they may
     * have recovered, and no probe finds out while this table holds up the read.
     */
    private boolean doesAnotherWork(EventType failing) {
        List<EventType> others = others(failing, type -> !of(type).isFailing());
        return others.stream().anyMatch(type -> of(type).failures().isRecentlyAcknowledged())
                || (others.isEmpty()
                                ? others(failing, type -> of(type).suspended().isPresent())
                                : others)
                        .stream().anyMatch(type -> check(type).isEmpty());
    }

    private static List<EventType> others(EventType failing, Predicate<EventType> which) {
        return Stream.of(EventType.values())
                .filter(type -> type != failing)
                .filter(which)
                .toList();
    }

    /** Sends an empty array, which writes no row; returns the refusal, or empty if it is accepted. */
    private Optional<UploadException> check(EventType type) {
        try {
            uploader.get().upload(TableSchema.of(type.table()).stream(), Uploader.noRecords(), Suspension.PROBE);
            return Optional.empty();
        } catch (UploadException e) {
            return Optional.of(e);
        }
    }
}
