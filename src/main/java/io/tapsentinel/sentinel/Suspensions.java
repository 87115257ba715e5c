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

/** Which tables are suspended, see {@link Suspension}. They outlive the routes, since a reload must not end a suspension. Thread-safe. */
public final class Suspensions {

    private final Map<EventType, Suspension> tables = new EnumMap<>(EventType.class);
    private final Supplier<Uploader> uploader;
    private final Supplier<SuspensionLog> log;
    private final Consumer<String> accepting;

    /** @param accepting gets a table whose suspension has ended without a batch of this program */
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
            tables.put(type, new Suspension(type, () -> isAnotherFine(type), log, clock, steady));
        }
    }

    /** The one of this type's table. */
    public Suspension of(EventType type) {
        return tables.get(type);
    }

    /** The tables that are suspended, by type. */
    public Map<EventType, Suspended> suspended() {
        Map<EventType, Suspended> suspended = new EnumMap<>(EventType.class);
        tables.forEach((type, table) -> table.suspended().ifPresent(now -> suspended.put(type, now)));
        return suspended;
    }

    /** How long this suspension, which the store has, has lasted: by the steady clock where this program knows it. */
    public Duration length(TableBacklog table, Instant now) {
        Suspension own = of(table.type());
        return since(own.suspended()).equals(since(table.suspended())) ? own.length() : table.length(now);
    }

    /** As exactly as the store has it. */
    private static Optional<Long> since(Optional<Suspended> table) {
        return table.map(so -> so.since().toEpochMilli());
    }

    /** Learns what the store says; to be called with the source's lock, before anything is sent. */
    public void load() {
        Map<EventType, Suspended> stored = log.get().all();
        tables.forEach((type, table) -> {
            if (table.load(stored.get(type))) {
                accepting.accept(type.table());
            }
        });
    }

    /**
     * No event waits for this type's table: the last ones were withdrawn, or a route dropped them. Without an event there is no probe, so
     * that the table would stay suspended until its next one. Does nothing unless it is suspended and its probe is due; then asks its
     * stream with an empty array. Accepted, the suspension ends; refused, that counts as a failed probe.
     *
     * <p>An empty array is enough here and only here. A table may accept it and refuse every record; with events that wait, it would be
     * suspended and accepted by turns. Here there is no event that it could refuse; its next one is sent like any other. To be called
     * with the source's lock, while no event is sent. May take as long as a probe, see {@link Suspension#PROBE}.
     *
     * @throws RuntimeException when the store did not keep the outcome
     */
    public void nothingWaits(EventType type) {
        Suspension table = of(type);
        if (table.suspended().isEmpty() || table.isDeferring()) {
            return;
        }
        Optional<UploadException> refusal = ask(type);
        if (refusal.isPresent()) {
            table.suspend(refusal.get());
        } else {
            table.endUnawaited();
            accepting.accept(type.table());
        }
    }

    /**
     * Whether a table that does not fail itself accepts something at this moment: when all fail, the fault is not of one table, and none
     * is suspended. Where each of the others fails, suspended ones count whose stream accepts an empty array: they may be well again, and
     * are not probed while this one holds up the read.
     */
    private boolean isAnotherFine(EventType failing) {
        List<EventType> others = others(failing, type -> !of(type).isFailing());
        return others.stream().anyMatch(type -> of(type).failures().isRecentlyAcknowledged())
                || (others.isEmpty()
                                ? others(failing, type -> of(type).suspended().isPresent())
                                : others)
                        .stream().anyMatch(type -> ask(type).isEmpty());
    }

    private static List<EventType> others(EventType failing, Predicate<EventType> which) {
        return Stream.of(EventType.values())
                .filter(type -> type != failing)
                .filter(which)
                .toList();
    }

    /** The refusal of an empty array, which writes no row, by this table's stream; empty when it accepts it. */
    private Optional<UploadException> ask(EventType type) {
        try {
            uploader.get().upload(TableSchema.of(type.table()).stream(), Uploader.noRecords(), Suspension.PROBE);
            return Optional.empty();
        } catch (UploadException e) {
            return Optional.of(e);
        }
    }
}
