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
 * Copies every answer of TAP with new events to the outbox of {@code tap.archive.uri}. It never fails a window: an
 * answer that cannot be written is dropped, counted and logged. The outbox stays below
 * {@code tap.archive.max-megabytes} and leaves {@value #ROOM_LEFT} bytes of the file system to the store. Copies are
 * made one at a time on the reader's thread.
 */
public final class Archive implements AnswerArchive {

    /** What the store and the log need while the archive is unreachable. */
    static final long ROOM_LEFT = 100_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
    private static final Duration RECENT = Duration.ofDays(1);

    private final Outbox outbox;
    private final long maxBytes;
    private final InstantSource clock;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean news = new AtomicBoolean(true);
    private volatile Dropped lastDropped;

    /** Why the last answer was dropped, and when. */
    private record Dropped(String why, Instant at) {}

    /**
     * @param folder   the outbox
     * @param source   name of the account in the store
     * @param maxBytes maximum size of the waiting answers
     */
    public Archive(Path folder, String source, long maxBytes, InstantSource clock) {
        this.outbox = new Outbox(folder, source);
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Creates the outbox and keeps what a killed process left in it.
     *
     * @throws io.tapsentinel.config.InvalidSettingException if it is not writable
     */
    public void prepare() {
        outbox.prepare();
    }

    @Override
    public Copy copy(TimeRange window, Instant readAt, long bytes, Answer answer) {
        Path file = null;
        try {
            // something may have removed it
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
            // the next start keeps it
        }
    }

    /** Answers dropped since the start, with or without new events. */
    public long dropped() {
        return dropped.get();
    }

    /** Why the last answer was dropped; empty if one was written since, or after a day. */
    public Optional<String> whyDropped() {
        return Optional.ofNullable(lastDropped)
                .filter(last -> last.at().isAfter(clock.instant().minus(RECENT)))
                .map(Dropped::why);
    }

    Outbox outbox() {
        return outbox;
    }

    /** Whether an answer was written since the last call. */
    boolean hasNews() {
        return news.getAndSet(false);
    }
}
