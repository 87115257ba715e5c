package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** By table, when a request was acknowledged last, and how the last one failed; it stays after that has passed. Thread-safe. */
public final class SinkHistory {

    private final Map<String, Instant> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Instant> failingSince = new ConcurrentHashMap<>();
    private final Map<String, Failed> failed = new ConcurrentHashMap<>();

    /**
     * A request that was not acknowledged, or whose end could not be noted.
     *
     * @param table   that its records were for
     * @param at      when it failed
     * @param refusal what became of it at the service; empty when the program itself failed
     * @param message all of it in one line without content
     */
    public record Failed(String table, Instant at, Optional<UploadException> refusal, String message) {}

    /** When a request for this table was acknowledged last; empty before the first since the start. */
    public Optional<Instant> acknowledged(String table) {
        return Optional.ofNullable(acknowledged.get(table));
    }

    /** The same for any table. */
    public Optional<Instant> acknowledged() {
        return acknowledged.values().stream().max(Comparator.naturalOrder());
    }

    /** Since when nothing of this table is accepted; empty while all goes well. */
    public Optional<Instant> failingSince(String table) {
        return Optional.ofNullable(failingSince.get(table));
    }

    /** The last failed request of this table; empty when none has failed since the start. */
    public Optional<Failed> failed(String table) {
        return Optional.ofNullable(failed.get(table));
    }

    /** The same for any table. */
    public Optional<Failed> failed() {
        return failed.values().stream().max(Comparator.comparing(Failed::at));
    }

    void acknowledged(String table, Instant at) {
        acknowledged.put(table, at);
    }

    void accepted(String table) {
        failingSince.remove(table);
    }

    void failed(String table, Exception failure, Instant at) {
        failingSince.putIfAbsent(table, at);
        failed.put(
                table,
                new Failed(
                        table,
                        at,
                        failure instanceof UploadException refused ? Optional.of(refused) : Optional.empty(),
                        String.valueOf(failure.getMessage())));
    }
}
