package io.tapsentinel.route;

import io.tapsentinel.config.Settings;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.Store;
import io.tapsentinel.state.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * What lies on disk, how much of it, and what of it a person may want to look at: DOWN while the store or
 * {@code tap.rejected.uri} cannot be written, UP
 * with {@code status} DEGRADED while events come in that have no table.
 */
public class StorageHealthCheck extends AbstractHealthCheck {

    /** Folders are counted at most this often, since a probe comes every few seconds. */
    private static final Duration COUNTED = Duration.ofSeconds(30);

    private final Store store;
    private final SeenKeys seen;
    private final UnknownTypes unknownTypes;
    private final RejectedStore rejected;
    private final Clock clock;
    private final Map<String, Path> folders = new LinkedHashMap<>();
    private Map<String, FolderSize> sizes = Map.of();
    private Instant countedAt = Instant.EPOCH;

    public StorageHealthCheck(Store store, SeenKeys seen, UnknownTypes unknownTypes, RejectedStore rejected, Settings settings,
            Clock clock) {
        super("tap-sentinel", "storage");
        this.store = store;
        this.seen = seen;
        this.unknownTypes = unknownTypes;
        this.rejected = rejected;
        this.clock = clock;
        FileEndpoint.folder(settings.aside().rejectedUri()).ifPresent(folder -> folders.put("rejected", folder));
        FileEndpoint.folder(settings.aside().replayUri()).ifPresent(folder -> {
            folders.put("replay", folder);
            folders.put("replay.done", folder.resolve(ReplayFolder.DONE));
            folders.put("replay.failed", folder.resolve(ReplayFolder.FAILED));
        });
        folders.put("spool", settings.spool());
    }

    @Override
    protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        sizes().forEach((name, size) -> {
            builder.detail("storage." + name + ".files", size.files());
            builder.detail("storage." + name + ".bytes", size.bytes());
        });
        builder.detail("storage.store.bytes", store.bytes());
        builder.up();
        unknownTypes.recent().ifPresent(names -> {
            builder.detail("tap.unknown-types", names);
            builder.detail("status", "DEGRADED");
        });
        try {
            builder.detail("sentinel.possible-duplicates", seen.possibleDuplicates());
        } catch (StoreException e) {
            builder.message(e.getMessage()).down();
        }
        rejected.failure().ifPresent(failure -> builder.message(failure).down());
        store.failure().ifPresent(failure -> builder.message(failure).down());
    }

    private Map<String, FolderSize> sizes() {
        Instant now = clock.instant();
        if (!now.isBefore(countedAt.plus(COUNTED)) || now.isBefore(countedAt)) {
            Map<String, FolderSize> counted = new LinkedHashMap<>();
            folders.forEach((name, folder) -> counted.put(name, FolderSize.of(folder)));
            sizes = counted;
            countedAt = now;
        }
        return sizes;
    }
}
