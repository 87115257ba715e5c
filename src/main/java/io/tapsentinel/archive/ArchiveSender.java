package io.tapsentinel.archive;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Backoff;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.sentinel.azure.BlobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the answers in the outbox to the archive, oldest first, and removes each after it was taken. After a failure it
 * pauses, twice as long each time up to {@value #LONGEST_PAUSE_SECONDS} seconds, and then tries one file. {@link #pass}
 * is for one thread, everything else is thread-safe.
 */
public final class ArchiveSender {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveSender.class);
    static final long LONGEST_PAUSE_SECONDS = 600;
    /** Longer than any upload to blob storage, whose steps all have timeouts; other endpoints may have none. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Backoff backoff = Backoff.doubling(Duration.ofSeconds(5), Duration.ofSeconds(LONGEST_PAUSE_SECONDS));
    private final Archive archive;
    private final InstantSource clock;
    private final FatalErrors fatal;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile String failure;
    private volatile Instant next = Instant.MIN;
    /** Start of the current upload; null if there is none. */
    private volatile Instant since;

    /** Uploads to the archive. */
    @FunctionalInterface
    public interface Target {

        /** Returns when the archive has the file under this name. */
        void put(Path file, String name) throws Exception;
    }

    /** @param fatal receives an Error of the virtual machine; other Errors are treated as failures of the endpoint */
    public ArchiveSender(Archive archive, InstantSource clock, FatalErrors fatal) {
        this.archive = archive;
        this.fatal = fatal;
        this.clock = clock;
    }

    /** Sends all waiting answers; returns at the first failure. @param stopping whether to stop before the next file */
    void pass(Target target, BooleanSupplier stopping) {
        if (clock.instant().isBefore(next) || backoff.failures() == 0 && !archive.hasNews()) {
            return;
        }
        try {
            for (Path file : archive.outbox().waiting()) {
                if (stopping.getAsBoolean()) {
                    return;
                }
                since = clock.instant();
                target.put(file, Outbox.archived(file));
                since = null;
                Files.delete(file);
                taken.incrementAndGet();
                succeeded();
            }
        } catch (Exception | Error e) {
            // an Error would end the schedule silently
            since = null;
            failed(BlobFailure.of(e));
            fatal.handleOfMachine(e);
        }
    }

    private void succeeded() {
        if (backoff.failures() > 0) {
            LOG.info("tap.archive.uri: recovered after {}", HumanText.count(backoff.failures(), "failed request"));
        }
        backoff.reset();
        failure = null;
        next = Instant.MIN;
    }

    private void failed(String reason) {
        failed.incrementAndGet();
        if (!reason.equals(failure)) {
            LOG.warn(
                    "tap.archive.uri: upload failed, will retry: {}. Answers wait in tap.archive.outbox; delivery of events goes on",
                    reason);
        }
        failure = reason;
        next = clock.instant().plus(backoff.next());
    }

    /** Answers archived since the start. */
    public long taken() {
        return taken.get();
    }

    /** Failed attempts since the start. */
    public long failed() {
        return failed.get();
    }

    /** Why uploads fail, without content; empty if they work. */
    public Optional<String> failure() {
        Instant left = since;
        return left != null && left.isBefore(clock.instant().minus(LONG))
                ? Optional.of("an upload has been running since " + HumanText.time(left)
                        + "; the endpoint may need a timeout")
                : Optional.ofNullable(failure);
    }
}
