package io.tapsentinel.replay;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.FolderSize;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.rejected.RejectedSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files with personal data after their retention time, every ten minutes. Every process cleans its own folders.
 * Removes only regular files with a name that this program gives, and does not follow links. Endpoints other than
 * folders are not cleaned.
 */
public class Retention extends RouteBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final RejectedSettings rejectedSettings;
    private final ReplaySettings replaySettings;
    private final Clock clock;
    private final BooleanSupplier timeIsKnown;
    private final Optional<Path> rejected;
    private final Optional<Path> replay;

    /** @param timeIsKnown whether the clock is trusted; nothing is removed before */
    public Retention(
            RejectedSettings rejectedSettings,
            ReplaySettings replaySettings,
            Clock clock,
            BooleanSupplier timeIsKnown) {
        this.timeIsKnown = timeIsKnown;
        this.rejectedSettings = rejectedSettings;
        this.replaySettings = replaySettings;
        this.clock = clock;
        this.rejected = FileEndpoint.folder(rejectedSettings.uri());
        this.replay = FileEndpoint.folder(replaySettings.uri());
    }

    @Override
    public void configure() {
        errorHandler(noErrorHandler());
        // timer: would pause after the clock is set back
        from("scheduler:tap-retention?initialDelay=1000&delay=600000")
                .routeId("tap-retention")
                .process(tick -> run());
    }

    /** Cleans all folders once. A file that cannot be removed is tried again next time. */
    public void run() {
        if (!timeIsKnown.getAsBoolean()) {
            return;
        }
        rejected.ifPresent(folder -> removeUnreplayed(folder, RejectedDocument.NAME));
        replay.ifPresent(folder -> {
            removeUnreplayed(folder.resolve(ReplayFolder.FAILED), ReplayFolder.NAME);
            Path done = folder.resolve(ReplayFolder.DONE);
            report(done, remove(done, ReplayFolder.NAME, replaySettings.keep(), rejectedSettings.maxBytes()));
        });
    }

    /** Removes documents that were never replayed: their events are lost. */
    private void removeUnreplayed(Path folder, Pattern names) {
        List<Aged> removed = remove(folder, names, rejectedSettings.keep(), Long.MAX_VALUE);
        long records = removed.stream()
                .filter(file -> file.path().toString().endsWith(".json")
                        || file.path().toString().endsWith(".gz"))
                .count();
        if (records > 0) {
            LOG.warn(
                    "{}: removed {} that were not replayed within tap.rejected.keep={}",
                    folder,
                    HumanText.count(records, "document"),
                    rejectedSettings.keep());
        }
        report(folder, removed);
    }

    private static void report(Path folder, List<Aged> removed) {
        if (!removed.isEmpty()) {
            LOG.info(
                    "{}: removed {}, {} left",
                    folder,
                    new FolderSize(
                            removed.size(),
                            removed.stream().mapToLong(Aged::bytes).sum()),
                    FolderSize.of(folder));
        }
    }

    private record Aged(Path path, Instant at, long bytes) {}

    /** Removes files older than {@code keep}, then the oldest until at most {@code most} bytes are left. */
    private List<Aged> remove(Path folder, Pattern names, Duration keep, long most) {
        List<Aged> files = files(folder, names);
        files.sort(Comparator.comparing(Aged::at).thenComparing(Aged::path));
        Instant before = clock.instant().minus(keep);
        long left = files.stream().mapToLong(Aged::bytes).sum();
        List<Aged> removed = new ArrayList<>();
        for (Aged file : files) {
            if (!file.at().isBefore(before) && left <= most) {
                break;
            }
            left -= file.bytes();
            try {
                if (Files.deleteIfExists(file.path())) {
                    removed.add(file);
                }
            } catch (IOException e) {
                LOG.warn("cannot remove {}: {}", file.path(), SafeMessage.of(e));
            }
        }
        return removed;
    }

    private List<Aged> files(Path folder, Pattern names) {
        List<Aged> files = new ArrayList<>();
        // a link in place of done/ or failed/ is a mistake; a link to the folder itself is allowed
        boolean ours = replay.isPresent() && replay.get().equals(folder.getParent());
        if (!Files.isDirectory(folder, ours ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0])) {
            return files;
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : (Iterable<Path>) all.filter(
                    path -> names.matcher(path.getFileName().toString()).matches())::iterator) {
                BasicFileAttributes is =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (is.isRegularFile()) {
                    files.add(new Aged(path, is.lastModifiedTime().toInstant(), is.size()));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("cannot list {}: {}", folder, SafeMessage.of(e));
        }
        return files;
    }
}
