package io.tapsentinel.monitoring;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.StoreFigures;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Caches the store's figures for 30 seconds, since health probes come often. Thread-safe. */
public class Figures {

    private static final Duration KEPT = Duration.ofSeconds(30);

    private final Store store;
    private final ReadState state;
    private final SuspensionLog suspensions;
    private final Clock clock;
    private StoreFigures last;

    public Figures(Store store, ReadState state, SuspensionLog suspensions, Clock clock) {
        this.store = store;
        this.state = state;
        this.suspensions = suspensions;
        this.clock = clock;
    }

    /** A number that changes with every committed poll; not cached. @throws io.tapsentinel.store.StoreException if the store fails */
    public long polls() {
        return state.ledger().polls();
    }

    /** The backlog of each table; suspensions are not cached. @throws io.tapsentinel.store.StoreException if the store fails */
    public List<TableBacklog> tables() {
        Map<EventType, Suspended> suspended = suspensions.all();
        return now().tables().stream()
                .map(table -> table.with(Optional.ofNullable(suspended.get(table.type()))))
                .toList();
    }

    /** @throws io.tapsentinel.store.StoreException if the store fails */
    public synchronized StoreFigures now() {
        Instant now = clock.instant();
        if (last == null || !now.isBefore(last.at().plus(KEPT)) || now.isBefore(last.at())) {
            last = store.transaction(connection -> StoreFigures.read(connection, store.source(), now));
        }
        return last;
    }
}
