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
 * Brings what waits in the outbox to the archive, oldest first, and removes it once the archive has taken it. After a failure it
 * pauses, twice as long each time, up to {@value #LONGEST_PAUSE_SECONDS} seconds: an archive that is away is asked with one file.
 * {@link #pass} is for one thread, the rest for any.
 */
public final class ArchiveSender {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveSender.class);
    static final long LONGEST_PAUSE_SECONDS = 600;
    /** What blob storage never takes, since each of its steps has a bound; an endpoint of one's own may have none. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Backoff backoff = Backoff.doubling(Duration.ofSeconds(5), Duration.ofSeconds(LONGEST_PAUSE_SECONDS));
    private final Archive archive;
    private final InstantSource clock;
    private final FatalErrors fatal;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile String failure;
    private volatile Instant next = Instant.MIN;
    /** When the answer left that is on its way; null while none is. */
    private volatile Instant since;

    /** The way to the archive. */
    @FunctionalInterface
    public interface Target {

        /** Returns when it has the file under this name. */
        void put(Path file, String name) throws Exception;
    }

    /** @param fatal gets an Error of the virtual machine; another one is the endpoint's, and events are delivered all the same */
    public ArchiveSender(Archive archive, InstantSource clock, FatalErrors fatal) {
        this.archive = archive;
        this.fatal = fatal;
        this.clock = clock;
    }

    /** Sends what waits; returns at the first failure. @param stopping whether to leave the rest for later */
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
            // an error would end the schedule without a word
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

    /** Answers that the archive took since the start. */
    public long taken() {
        return taken.get();
    }

    /** Attempts that failed since the start. */
    public long failed() {
        return failed.get();
    }

    /** Why it does not take an answer, without content; empty while it does. */
    public Optional<String> failure() {
        Instant left = since;
        return left != null && left.isBefore(clock.instant().minus(LONG))
                ? Optional.of("an upload has been running since " + HumanText.time(left)
                        + "; the endpoint may need a timeout")
                : Optional.ofNullable(failure);
    }
}
