package io.tapsentinel.store.ledger;

import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.store.CommitCount;
import io.tapsentinel.store.ReadOnlyStore;
import io.tapsentinel.store.SqliteDatabase;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.StoreLock;
import io.tapsentinel.store.StoreSchema;
import io.tapsentinel.tap.plan.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Inspects a store of any version, or the place for a new one. Creates and changes nothing and takes no lock, so a program can run or start
 * meanwhile.
 *
 * @param place    the file, or the URL of a database
 * @param file     empty for a database
 * @param exists   whether there is a store
 * @param version  of the tables; 0 for none
 * @param identity URL of the source's service, as recorded in the store; empty for an unknown source
 * @param requests of the source in the last 24 hours
 * @param holder   the process that uses the store, if visible from here
 * @param lacking  one line about lost commits; empty for none
 * @param tables   suspension and backlog of each table; empty for a store of another version
 */
public record StoreLook(
        String place,
        Optional<Path> file,
        boolean exists,
        long version,
        Optional<String> identity,
        Map<Pool, Long> requests,
        Optional<String> holder,
        Optional<String> lacking,
        List<TableBacklog> tables) {

    /**
     * Inspects the store.
     *
     * @param source name of the account
     * @throws StoreException when the place contains something unreadable
     */
    public static StoreLook at(StoreAddress address, String source, Instant now) {
        Path file = SqliteDatabase.file(address.url());
        Map<Pool, Long> requests = new EnumMap<>(Pool.class);
        List.of(Pool.values()).forEach(pool -> requests.put(pool, 0L));
        if (!address.isShared() && !Files.exists(file)) {
            return new StoreLook(
                    file.toString(),
                    Optional.of(file),
                    false,
                    0,
                    Optional.empty(),
                    requests,
                    Optional.empty(),
                    CommitCount.beside(file).flatMap(count -> count.lacking(0, Optional.empty())),
                    List.of());
        }
        // read this first, since a program may write to the store meanwhile
        Optional<CommitCount> count = address.isShared() ? Optional.empty() : CommitCount.beside(file);
        try (ReadOnlyStore store = ReadOnlyStore.asItIs(address, source)) {
            long version = store.version();
            List<String> identity = new ArrayList<>();
            Optional<String> lacking = Optional.empty();
            List<TableBacklog> tables = version == StoreSchema.version()
                    ? store.read(connection -> TableBacklogs.all(connection, source))
                    : List.of();
            if (version > 0 && version <= StoreSchema.version()) {
                store.each("SELECT url FROM source WHERE name = ?", row -> identity.add(row.getString(1)), source);
                requests.replaceAll((pool, none) -> RequestLog.count(store, pool, now));
                lacking = count.flatMap(made -> store.read(made::lacking));
            }
            boolean shared = address.isShared();
            return new StoreLook(
                    store.place(),
                    shared ? Optional.empty() : Optional.of(file),
                    !shared || version > 0,
                    version,
                    identity.stream().findFirst(),
                    requests,
                    // a store in use has a log beside it
                    shared || !ReadOnlyStore.hasLog(file) ? Optional.empty() : StoreLock.holder(file),
                    lacking,
                    tables);
        }
    }

    /** Why the program would refuse this store; empty if it would not. @param wanted URL of the program's service, if known */
    public Optional<String> refusal(Optional<String> wanted) {
        if (version > StoreSchema.version()) {
            return Optional.of(StoreSchema.tooNew(version).getMessage());
        }
        return identity.flatMap(url -> wanted.filter(other -> !other.equals(url))
                .map(other -> StoreSchema.belongsTo(url, other).getMessage()));
    }

    /** Whether a start would migrate the store. */
    public boolean isOlder() {
        return exists && version < StoreSchema.version();
    }
}
