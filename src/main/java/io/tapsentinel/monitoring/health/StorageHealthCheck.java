package io.tapsentinel.monitoring.health;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.read.Unrouted;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.FolderSize;
import io.tapsentinel.rejected.RejectedSettings;
import io.tapsentinel.rejected.RejectedStore;
import io.tapsentinel.replay.ReplayFolder;
import io.tapsentinel.replay.ReplaySettings;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.StoreFigures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the store and the folders: DOWN while the store or {@code tap.rejected.uri} cannot be written. DEGRADED for a day after a
 * rejected record, an event of an unknown type, or a start that found a store with lost commits.
 */
public class StorageHealthCheck extends ProgramHealthCheck {

    /** Minimum time between two counts of the folders; probes come every few seconds. */
    private static final Duration COUNTED = Duration.ofSeconds(30);

    private static final Duration DAY = Duration.ofDays(1);

    private final Store store;
    private final Figures figures;
    private final SeenKeys seen;
    private final Unrouted unrouted;
    private final RejectedStore rejected;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<String, Path> folders = new LinkedHashMap<>();
    private Map<String, FolderSize> sizes = Map.of();
    private long rejectedOfDay;
    private long unreadableOfDay;
    private Instant countedAt = Instant.EPOCH;

    public StorageHealthCheck(
            Store store,
            Figures figures,
            SeenKeys seen,
            Unrouted unrouted,
            RejectedStore rejected,
            RejectedSettings rejectedSettings,
            ReplaySettings replay,
            Path spool,
            Clock clock) {
        super("storage");
        this.store = store;
        this.figures = figures;
        this.seen = seen;
        this.unrouted = unrouted;
        this.rejected = rejected;
        this.clock = clock;
        this.startedAt = clock.instant();
        FileEndpoint.folder(rejectedSettings.uri()).ifPresent(folder -> folders.put("rejected", folder));
        FileEndpoint.folder(replay.uri()).ifPresent(folder -> {
            folders.put("replay", folder);
            folders.put("replay.done", folder.resolve(ReplayFolder.DONE));
            folders.put("replay.failed", folder.resolve(ReplayFolder.FAILED));
        });
        folders.put("spool", spool);
    }

    @Override
    protected KnownProblem silence() {
        return KnownProblem.STORAGE_SILENT;
    }

    @Override
    protected void look(Findings findings) {
        countFiles(findings);
        countRejected(findings);
        sizes.forEach((name, size) -> findings.detail("storage." + name + ".files", size.files())
                .detail("storage." + name + ".bytes", size.bytes()));
        findings.detail("storage.rejected.in-24-hours", rejectedOfDay)
                .detail("storage.unreadable.in-24-hours", unreadableOfDay);
        unrouted.recent()
                .ifPresent(names ->
                        findings.detail("tap.unknown-types", names).problem(KnownProblem.UNKNOWN_TYPES, names));
        if (rejectedOfDay > 0) {
            findings.problem(
                    KnownProblem.REJECTED,
                    HumanText.count(rejectedOfDay, "record")
                            + (unreadableOfDay == 0 ? "" : ", " + HumanText.number(unreadableOfDay) + " unreadable"));
        } else if (rejected.last()
                .filter(at -> at.isAfter(clock.instant().minus(DAY)))
                .isPresent()) {
            // not in the ledger because its window failed afterwards
            findings.problem(KnownProblem.REJECTED);
        }
        store.lacking()
                .filter(what -> clock.instant().isBefore(startedAt.plus(DAY)))
                .ifPresent(what -> findings.problem(KnownProblem.STORE_LACKS, what));
        rejected.failure().ifPresent(failure -> findings.problem(KnownProblem.REJECTED_URI, failure));
        Optional<String> failure = store.failure();
        findings.asks(store);
        try {
            findings.detail("storage.store.bytes", store.bytes())
                    .detail("sentinel.possible-duplicates", seen.possibleDuplicates());
        } catch (StoreException e) {
            failure = Optional.of(e.getMessage());
        }
        failure.ifPresent(why -> findings.problem(KnownProblem.STORE, why));
    }

    private void countFiles(Findings findings) {
        Instant now = clock.instant();
        if (now.isBefore(countedAt.plus(COUNTED)) && !now.isBefore(countedAt)) {
            return;
        }
        Map<String, FolderSize> counted = new LinkedHashMap<>();
        folders.forEach((name, folder) -> {
            findings.asks(folder);
            counted.put(name, FolderSize.of(folder));
        });
        sizes = counted;
        countedAt = now;
    }

    private void countRejected(Findings findings) {
        findings.asks(store);
        try {
            StoreFigures stored = figures.now();
            rejectedOfDay = stored.rejectedOfDay();
            unreadableOfDay = stored.unreadableOfDay();
        } catch (StoreException e) {
            // reported as the store's failure
        }
    }
}
