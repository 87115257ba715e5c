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
 * What is where a store lies, or is to lie, whatever its version. To find out makes and changes nothing and takes no lock, so that
 * a program may run or start meanwhile.
 *
 * @param place    the file, or the URL of a database
 * @param file     empty for a database
 * @param exists   whether it is there
 * @param version  of its tables, 0 when there are none
 * @param identity the service that the source's rows came from, as the store remembers it; empty for a source that it does not know
 * @param requests that the source made in the last 24 hours
 * @param holder   the process that has it open, if it can be seen from here
 * @param lacking  what it lacks of its own commits, one line; empty for nothing
 * @param tables   what each table is owed, one of each type; empty for a store of another version
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
     * Looks.
     *
     * @param source name of the account
     * @throws StoreException when something is there that cannot be read
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
        // before the store itself, which a program may write to meanwhile
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
                    // whoever has it open has a log beside it
                    shared || !ReadOnlyStore.hasLog(file) ? Optional.empty() : StoreLock.holder(file),
                    lacking,
                    tables);
        }
    }

    /** Why a program would refuse it; empty when it would not. @param wanted the service that the program reads, if that is known */
    public Optional<String> refusal(Optional<String> wanted) {
        if (version > StoreSchema.version()) {
            return Optional.of(StoreSchema.tooNew(version).getMessage());
        }
        return identity.flatMap(url -> wanted.filter(other -> !other.equals(url))
                .map(other -> StoreSchema.belongsTo(url, other).getMessage()));
    }

    /** Whether a start would bring its tables up to date. */
    public boolean isOlder() {
        return exists && version < StoreSchema.version();
    }
}
