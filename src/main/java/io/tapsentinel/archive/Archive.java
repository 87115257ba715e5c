package io.tapsentinel.archive;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.FastGzip;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.read.AnswerArchive;
import io.tapsentinel.rejected.FolderSize;
import io.tapsentinel.store.PrivateFiles;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every answer of TAP in which something was new, for {@code tap.archive.uri}. Nothing of it ever fails a window: what cannot
 * be written is dropped, counted and said. Its folder is held under {@code tap.archive.max-megabytes}, and leaves the file system
 * {@value #ROOM_LEFT} bytes for the store. Copies are made on the thread of the run, one at a time.
 */
public final class Archive implements AnswerArchive {

    /** What the store and the log need to go on when the archive cannot be reached for a long time. */
    static final long ROOM_LEFT = 100_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
    private static final Duration RECENT = Duration.ofDays(1);

    private final Outbox outbox;
    private final long maxBytes;
    private final InstantSource clock;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean news = new AtomicBoolean(true);
    private volatile Dropped lastDropped;

    /** Why an answer is not kept, and since when none was. */
    private record Dropped(String why, Instant at) {}

    /**
     * @param folder   the outbox
     * @param source   name of the account in the store
     * @param maxBytes how much may wait in the folder
     */
    public Archive(Path folder, String source, long maxBytes, InstantSource clock) {
        this.outbox = new Outbox(folder, source);
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Makes the folder and keeps what a killed process left in it.
     *
     * @throws io.tapsentinel.config.InvalidSettingException when it cannot be written
     */
    public void prepare() {
        outbox.prepare();
    }

    @Override
    public Copy copy(TimeRange window, Instant readAt, long bytes, Answer answer) {
        Path file = null;
        try {
            // whoever cleans up may remove it
            PrivateFiles.folder(outbox.folder());
            long waiting = FolderSize.of(outbox.folder()).bytes();
            if (waiting >= maxBytes) {
                return drop(HumanText.bytes(waiting) + " are waiting, tap.archive.max-megabytes is "
                        + maxBytes / 1_000_000);
            }
            if (outbox.room() - bytes < ROOM_LEFT) {
                return drop("its file system has " + HumanText.bytes(outbox.room()) + " left, of which "
                        + HumanText.bytes(ROOM_LEFT) + " are reserved for the store");
            }
            file = outbox.open(window, readAt);
            try (OutputStream out = new FastGzip(Files.newOutputStream(file))) {
                answer.writeTo(out);
            }
            Path written = file;
            return keep -> end(written, keep);
        } catch (IOException | RuntimeException e) {
            remove(file);
            return drop("cannot write it: " + SafeMessage.of(e));
        }
    }

    private void end(Path file, boolean keep) {
        if (!keep) {
            remove(file);
            return;
        }
        try {
            outbox.keep(file);
            news.set(true);
            if (lastDropped != null) {
                LOG.info("tap.archive.outbox: recovered after {}", HumanText.count(dropped.get(), "dropped answer"));
                lastDropped = null;
            }
        } catch (IOException e) {
            drop("cannot write it: " + SafeMessage.of(e));
        }
    }

    private Copy drop(String why) {
        dropped.incrementAndGet();
        if (lastDropped == null) {
            LOG.warn("tap.archive.outbox: an answer was not archived: {}. Delivery of events goes on", why);
        }
        lastDropped = new Dropped(why, clock.instant());
        return Copy.NONE;
    }

    private static void remove(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // it is kept at the next start
        }
    }

    /** Answers that were not kept since the start, whether something of them was new or not. */
    public long dropped() {
        return dropped.get();
    }

    /** Why an answer was not kept; empty when one has been kept since, or a day has passed. */
    public Optional<String> whyDropped() {
        return Optional.ofNullable(lastDropped)
                .filter(last -> last.at().isAfter(clock.instant().minus(RECENT)))
                .map(Dropped::why);
    }

    Outbox outbox() {
        return outbox;
    }

    /** Whether an answer was kept since the last call. */
    boolean hasNews() {
        return news.getAndSet(false);
    }
}
