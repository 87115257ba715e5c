package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreException;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How many records the ledger counted as rejected. */
public final class RecentRejections {

    private RecentRejections() {}

    /**
     * Records with a table that were rejected, in reads since then that were committed; the ledger is asked, since a look for them
     * among all keys takes long.
     *
     * @param which {@link LedgerCount#REJECTED}, or of those only the {@link LedgerCount#UNREADABLE}
     * @throws StoreException when the store refused
     */
    public static long since(Store store, Instant since, LedgerCount which) {
        String tables = Stream.of(EventType.values())
                .map(type -> "'" + type.arrayName() + "'")
                .collect(Collectors.joining(", "));
        return store.transaction(connection -> Sql.number(
                connection,
                "SELECT sum(events) FROM ledger_count WHERE source = ? AND read_at > ?"
                        + " AND outcome = ? AND stream IN (" + tables + ")",
                store.source(),
                since.toEpochMilli(),
                which.word()));
    }
}
